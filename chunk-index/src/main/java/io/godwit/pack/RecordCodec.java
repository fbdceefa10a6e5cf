package io.godwit.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/// Compresses and decompresses records between memory and memory. Belongs to one thread; allocates
/// nothing per call for off-heap memory.
///
/// There is no probe for incompressible data at low levels: zstd gives up on it at over 5 GB/s,
/// faster than a histogram would pay for itself. Levels from [#TRIED_FIRST] on try level 1 first
/// and leave alone what that cannot shrink.
public final class RecordCodec implements AutoCloseable {
    /// From this level on, giving up is slow enough for a try at level 1 to pay.
    static final int TRIED_FIRST = 6;

    /// Compression that saves less than 1/64 is not worth decompressing for.
    private static final int LEAST_GAIN = 64;

    private final Codec codec;
    private final int code;
    private final @Nullable ZstdCompressCtx zstd;
    private final @Nullable ZstdCompressCtx trial;
    private final @Nullable LZ4Compressor lz4;
    private final DirectView plainView = new DirectView();
    private final DirectView packedView = new DirectView();
    private @Nullable ZstdDecompressCtx unzstd;
    private @Nullable LZ4SafeDecompressor unlz4;

    public RecordCodec(Codec codec) {
        this.codec = codec;
        switch (codec) {
            case Codec.Zstd(int level) -> {
                code = Codec.ZSTD_CODE;
                zstd = compressor(level);
                trial = level >= TRIED_FIRST ? compressor(1) : null;
                lz4 = null;
            }
            case Codec.Lz4() -> {
                code = Codec.LZ4_CODE;
                zstd = null;
                trial = null;
                lz4 = LZ4Factory.fastestInstance().fastCompressor();
            }
            case Codec.None() -> {
                code = Codec.RAW_CODE;
                zstd = null;
                trial = null;
                lz4 = null;
            }
        }
    }

    private static ZstdCompressCtx compressor(int level) {
        ZstdCompressCtx context = new ZstdCompressCtx();
        context.setLevel(level).setChecksum(false).setContentSize(false).setDictID(false);
        return context;
    }

    public Codec codec() {
        return codec;
    }

    /// The code that a record compressed by this instance carries.
    int code() {
        return code;
    }

    /// How much room [#compress] needs for `length` plain bytes, whatever they are.
    public static int bound(int length) {
        int lz4 = Math.addExact(length, length / 255 + 16);
        return Math.max(Math.toIntExact(Zstd.compressBound(length)), lz4);
    }

    /// Compresses into off-heap memory with room for [#bound] bytes.
    ///
    /// @return the compressed length, or 0 when the bytes are better stored as they are
    public int compress(
            MemorySegment plain, long offset, int length, MemorySegment target, long targetOffset) {
        int bound = bound(length);
        ByteBuffer from = plainView.source(plain, offset, length);
        int start = plainView.position();
        ByteBuffer to = packedView.target(target, targetOffset, bound);
        int at = packedView.position();
        int worth = length - Math.max(1, length / LEAST_GAIN);
        int packed = 0;
        if (lz4 != null) {
            packed = lz4.compress(from, start, length, to, at, bound);
        } else if (zstd != null && !hopeless(from, start, length, to, at, bound, worth)) {
            packed = zstd.compressDirectByteBuffer(to, at, bound, from, start, length);
        }
        return packed <= worth ? packed : 0;
    }

    private boolean hopeless(
            ByteBuffer from, int start, int length, ByteBuffer to, int at, int bound, int worth) {
        return trial != null
                && trial.compressDirectByteBuffer(to, at, bound, from, start, length) > worth;
    }

    /// Decompresses what must be exactly `plainLength` bytes into off-heap memory.
    ///
    /// @return whether it was
    public boolean decompress(
            int recordCodec,
            MemorySegment packed,
            long offset,
            int length,
            MemorySegment target,
            long targetOffset,
            int plainLength) {
        if (recordCodec == Codec.RAW_CODE) {
            if (length != plainLength) {
                return false;
            }
            MemorySegment.copy(packed, offset, target, targetOffset, length);
            return true;
        }
        ByteBuffer from = packedView.source(packed, offset, length);
        int start = packedView.position();
        ByteBuffer to = plainView.target(target, targetOffset, plainLength);
        int at = plainView.position();
        try {
            return switch (recordCodec) {
                case Codec.ZSTD_CODE ->
                        unzstd().decompressDirectByteBuffer(
                                                to, at, plainLength, from, start, length)
                                == plainLength;
                case Codec.LZ4_CODE ->
                        unlz4().decompress(from, start, length, to, at, plainLength) == plainLength;
                default -> false;
            };
        } catch (ZstdException | LZ4Exception e) {
            return false;
        }
    }

    private ZstdDecompressCtx unzstd() {
        ZstdDecompressCtx context = unzstd;
        if (context == null) {
            context = new ZstdDecompressCtx();
            unzstd = context;
        }
        return context;
    }

    private LZ4SafeDecompressor unlz4() {
        LZ4SafeDecompressor decompressor = unlz4;
        if (decompressor == null) {
            decompressor = LZ4Factory.fastestInstance().safeDecompressor();
            unlz4 = decompressor;
        }
        return decompressor;
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
        if (trial != null) {
            trial.close();
        }
        if (unzstd != null) {
            unzstd.close();
        }
    }
}
