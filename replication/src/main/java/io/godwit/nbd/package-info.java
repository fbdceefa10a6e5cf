/// The network block device protocol, as a client that reads.
///
/// The protocol: <https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md>.
@NullMarked
package io.godwit.nbd;

import org.jspecify.annotations.NullMarked;
