#define _GNU_SOURCE 1
#include "CForeign.h"
#include <dlfcn.h>
#include <link.h>
#include <string.h>

void *foreign_open(const char *name) { return dlopen(name, RTLD_NOW | RTLD_LOCAL); }

const void *foreign_symbol(void *library, const char *name) {
  dlerror();
  return dlsym(library, name);
}

const void *foreign_symbol_version(void *library, const char *name, const char *version) {
  dlerror();
  return dlvsym(library, name, version);
}

bool foreign_is_data(const void *symbol) {
  Dl_info info;
  const ElfW(Sym) *entry = 0;
  return dladdr1(symbol, &info, (void **)&entry, RTLD_DL_SYMENT) != 0 && entry && info.dli_saddr == symbol &&
         (entry->st_info & 15) == STT_OBJECT;
}

const char *foreign_error(void) {
  const char *text = dlerror();
  return text ? text : "its address is zero";
}

bool foreign_defines(void *library, const void *symbol) {
  struct link_map *wanted = 0, *found = 0;
  Dl_info info;
  return dlinfo(library, RTLD_DI_LINKMAP, &wanted) == 0 &&
         dladdr1(symbol, &info, (void **)&found, RTLD_DL_LINKMAP) != 0 && wanted == found;
}

const char *foreign_origin(const void *symbol) {
  Dl_info info;
  if (!dladdr(symbol, &info) || !info.dli_fname) return "";
  const char *slash = strrchr(info.dli_fname, '/');
  return slash ? slash + 1 : info.dli_fname;
}

const char *foreign_symbol_name(const void *address, size_t *offset) {
  Dl_info info;
  *offset = 0;
  if (!dladdr(address, &info) || !info.dli_sname) return "";
  *offset = (size_t)((const char *)address - (const char *)info.dli_saddr);
  return info.dli_sname;
}

static int compare_integers(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}
const void *foreign_compare_integers(void) { return (const void *)compare_integers; }
