package io.godwit.repository;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.pack.Codec;
import io.godwit.seal.Unlock;

/// What is decided once, at `init`.
///
/// @param chunker default of every backup
/// @param compression default of every backup
/// @param unlock the first password or key file
public record InitOptions(ChunkerSpec chunker, Codec compression, Unlock unlock) {}
