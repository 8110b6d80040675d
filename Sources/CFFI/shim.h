// libffi, for the calls that the register thunks of CForeign do not serve.
#pragma once
#include <ffi.h>

/// The description of a scalar type, by its `FFI_TYPE_` number. libffi keeps them in mutable globals,
/// which Swift does not touch.
static inline ffi_type *_Nonnull ffi_scalar_type(int number) {
  switch (number) {
  case FFI_TYPE_VOID: return &ffi_type_void;
  case FFI_TYPE_UINT8: return &ffi_type_uint8;
  case FFI_TYPE_SINT8: return &ffi_type_sint8;
  case FFI_TYPE_UINT16: return &ffi_type_uint16;
  case FFI_TYPE_SINT16: return &ffi_type_sint16;
  case FFI_TYPE_UINT32: return &ffi_type_uint32;
  case FFI_TYPE_SINT32: return &ffi_type_sint32;
  case FFI_TYPE_UINT64: return &ffi_type_uint64;
  case FFI_TYPE_SINT64: return &ffi_type_sint64;
  case FFI_TYPE_FLOAT: return &ffi_type_float;
  case FFI_TYPE_DOUBLE: return &ffi_type_double;
  default: return &ffi_type_pointer;
  }
}

/// Calls `f` as `cif` describes; Swift cannot make the function pointer that `ffi_call` wants.
static inline void ffi_invoke(ffi_cif *_Nonnull cif, const void *_Nonnull f, void *_Nonnull result,
                              void *_Nullable *_Nullable arguments) {
  ffi_call(cif, FFI_FN(f), result, arguments);
}

/// A function for C to call that leads to `handler(owner, result, arguments)`: made of `closure`, which
/// `ffi_closure_free` gives back. Null when libffi refuses.
typedef void (*ffi_handler)(ffi_cif *_Nonnull cif, void *_Nullable result, void *_Nullable *_Nullable arguments,
                            void *_Nullable owner);
static inline const void *_Nullable ffi_make_closure(ffi_cif *_Nonnull cif, void *_Nullable *_Nonnull closure,
                                                     ffi_handler _Nonnull handler, void *_Nonnull owner) {
  void *code = 0;
  *closure = ffi_closure_alloc(sizeof(ffi_closure), &code);
  if (!*closure) return 0;
  if (ffi_prep_closure_loc((ffi_closure *)*closure, cif, handler, owner, code) == FFI_OK) return code;
  ffi_closure_free(*closure);
  *closure = 0;
  return 0;
}
