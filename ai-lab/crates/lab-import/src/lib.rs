//! Takes a predecessor's lab without losing a field.
