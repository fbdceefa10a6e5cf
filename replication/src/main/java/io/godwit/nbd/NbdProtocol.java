package io.godwit.nbd;

/// Numbers of the protocol. All integers travel in network byte order.
final class NbdProtocol {
    static final long GREETING = 0x4e42444d41474943L; // NBDMAGIC
    static final long OPTION = 0x49484156454F5054L; // IHAVEOPT
    static final long OLD_STYLE = 0x00420281861253L;
    static final long OPTION_REPLY = 0x3e889045565a9L;

    /// Flags of the handshake, the same for both sides.
    static final int FIXED_NEWSTYLE = 1;

    static final int NO_ZEROES = 2;
    static final int ZEROES_BYTES = 124;

    static final int OPTION_EXPORT_NAME = 1;
    static final int OPTION_GO = 7;
    static final int OPTION_STRUCTURED_REPLY = 8;
    static final int OPTION_SET_META_CONTEXT = 10;

    static final int REPLY_ACK = 1;
    static final int REPLY_INFO = 3;
    static final int REPLY_META_CONTEXT = 4;
    static final int REPLY_UNSUPPORTED = 0x80000001;
    static final int REPLY_POLICY = 0x80000002;
    static final int REPLY_TLS_REQUIRED = 0x80000005;
    static final int REPLY_UNKNOWN = 0x80000006;
    static final int REPLY_SHUTDOWN = 0x80000007;

    static final int INFO_EXPORT = 0;
    static final int INFO_BLOCK_SIZE = 3;

    static final String ALLOCATION = "base:allocation";
    static final int STATE_ZERO = 2;

    static final int FLAG_CAN_MULTI_CONN = 1 << 8;

    static final int REQUEST = 0x25609513;
    static final int REQUEST_BYTES = 28;
    static final short READ = 0;
    static final short DISCONNECT = 2;
    static final short BLOCK_STATUS = 7;

    static final int SIMPLE_REPLY = 0x67446698;
    static final int SIMPLE_REPLY_BYTES = 16;
    static final int STRUCTURED_REPLY = 0x668e33ef;
    static final int STRUCTURED_REPLY_BYTES = 20;
    static final int CHUNK_DONE = 1;
    static final int CHUNK_NONE = 0;
    static final int CHUNK_DATA = 1;
    static final int CHUNK_HOLE = 2;
    static final int CHUNK_BLOCK_STATUS = 5;
    static final int CHUNK_ERROR = 0x8001;
    static final int CHUNK_ERROR_OFFSET = 0x8002;

    /// What a server must accept where it names no limit.
    static final int DEFAULT_PAYLOAD_BYTES = 32 << 20;

    static final int MAX_BLOCK_BYTES = 64 << 10;

    /// Names and messages.
    static final int MAX_STRING_BYTES = 4096;

    private NbdProtocol() {}
}
