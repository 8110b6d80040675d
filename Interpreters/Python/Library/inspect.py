"""What objects are made of: signatures, source, frames."""
