/// Histories of a repository under a simulator: the shipped session, collector, retention and index
/// over a store that fails in every way it may.
@NullMarked
package io.godwit.simulation.repository;

import org.jspecify.annotations.NullMarked;
