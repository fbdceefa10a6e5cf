package io.godwit.bench;

import io.godwit.format.RepositoryId;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// AES-256-GCM by the ways a record may take through the JDK's cipher; one operation is one record.
///
/// The ways that are not taken stand here to show why: `-prof gc` adds what each allocates.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CipherBenchmark {
    private static final int TAG = 16;

    @Param({"65536", "262144", "524288"})
    public int bytes;

    private final RecordCipher records = new RecordCipher();
    private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
    private final byte[] aad = new byte[114];
    private final PackKeys keys =
            KeyRing.fresh(new RepositoryId(1, 2), new SecureRandom()).newPackKeys();
    private Cipher encrypt = cipher();
    private Cipher decrypt = cipher();
    private byte[] plain = new byte[0];
    private byte[] sealed = new byte[0];
    private byte[] opened = new byte[0];
    private ByteBuffer directPlain = ByteBuffer.allocateDirect(0);
    private ByteBuffer directSealed = ByteBuffer.allocateDirect(0);
    private MemorySegment plainSegment = MemorySegment.NULL;
    private MemorySegment sealedSegment = MemorySegment.NULL;
    private MemorySegment oneRecord = MemorySegment.NULL;
    private byte[] oneSealed = new byte[0];
    private int ordinal;

    private static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Setup
    public void setUp() throws Exception {
        plain = new byte[bytes];
        sealed = new byte[bytes + TAG];
        opened = new byte[bytes + TAG];
        directPlain = ByteBuffer.allocateDirect(bytes);
        directSealed = ByteBuffer.allocateDirect(bytes + TAG);
        plainSegment = MemorySegment.ofBuffer(directPlain);
        sealedSegment = MemorySegment.ofBuffer(directSealed);
        oneRecord = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes + TAG));
        records.seal(keys, -2, aad, plainSegment, 0, bytes, oneRecord, 0);
        encrypt.init(Cipher.ENCRYPT_MODE, key, nonce(-2));
        encrypt.updateAAD(aad);
        oneSealed = encrypt.doFinal(plain);
    }

    private static GCMParameterSpec nonce(int number) {
        return new GCMParameterSpec(128, ByteBuffer.allocate(12).putInt(number).array());
    }

    private void startEncrypting() throws GeneralSecurityException {
        encrypt.init(Cipher.ENCRYPT_MODE, key, nonce(ordinal++));
        encrypt.updateAAD(aad);
    }

    private void startDecrypting() throws GeneralSecurityException {
        decrypt.init(Cipher.DECRYPT_MODE, key, nonce(-2));
        decrypt.updateAAD(aad);
    }

    /// What packs are written with: off-heap to off-heap, through a heap array, encrypted in place
    /// there.
    @Benchmark
    public void recordSeal() {
        records.seal(keys, ordinal++, aad, plainSegment, 0, bytes, sealedSegment, 0);
    }

    @Benchmark
    public boolean recordOpen() {
        return records.open(keys, -2, aad, oneRecord, 0, bytes + TAG, plainSegment, 0);
    }

    @Benchmark
    public boolean recordVerify() {
        return records.verify(keys, -2, aad, oneRecord, 0, plainSegment, 0, bytes);
    }

    @Benchmark
    public int encryptHeapToHeap() throws GeneralSecurityException {
        startEncrypting();
        return encrypt.doFinal(plain, 0, bytes, sealed, 0);
    }

    @Benchmark
    public int encryptHeapInPlace() throws GeneralSecurityException {
        startEncrypting();
        return encrypt.doFinal(sealed, 0, bytes, sealed, 0);
    }

    @Benchmark
    public int encryptDirect() throws GeneralSecurityException {
        startEncrypting();
        return encrypt.doFinal(directPlain.clear(), directSealed.clear());
    }

    @Benchmark
    public int encryptDirectInPlace() throws GeneralSecurityException {
        startEncrypting();
        ByteBuffer source = directSealed.duplicate().clear().limit(bytes);
        return encrypt.doFinal(source, directSealed.clear());
    }

    @Benchmark
    public int decryptHeapToHeap() throws GeneralSecurityException {
        startDecrypting();
        return decrypt.doFinal(oneSealed, 0, bytes + TAG, opened, 0);
    }

    @Benchmark
    public int decryptHeapInPlace() throws GeneralSecurityException {
        System.arraycopy(oneSealed, 0, opened, 0, bytes + TAG);
        startDecrypting();
        return decrypt.doFinal(opened, 0, bytes + TAG, opened, 0);
    }
}
