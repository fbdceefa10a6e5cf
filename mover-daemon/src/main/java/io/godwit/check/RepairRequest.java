package io.godwit.check;

/// How to repair.
///
/// @param dataPercent of the bytes in packs that are read to find what is damaged, 0 to 100
/// @param dryRun whether to say what is lost, and to publish nothing
public record RepairRequest(double dataPercent, boolean dryRun) {}
