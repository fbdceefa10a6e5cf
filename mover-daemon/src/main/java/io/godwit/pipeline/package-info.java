/// Backup as stages with bounded queues: read, hash, seal, pack, upload.
@NullMarked
package io.godwit.pipeline;

import org.jspecify.annotations.NullMarked;
