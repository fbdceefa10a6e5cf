package io.godwit.repository;

import io.godwit.seal.RepositoryConfig;
import io.godwit.store.StoreCapabilities;

/// A repository that has just been made.
public record Initialised(RepositoryConfig config, StoreCapabilities capabilities) {}
