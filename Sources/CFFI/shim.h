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
