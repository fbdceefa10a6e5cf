package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a [RecoverySheet] stands on paper: nine numbered lines of twelve letters, four bits each.
///
/// | letters | of | are |
/// |---|---|---|
/// | 1-8 | line 1 to 8 | 32 bits of the secret, highest first |
/// | 1-8 | line 9 | the first 32 bits of SHA-256 of `godwit recovery sheet` and the secret |
/// | 9-12 | each line | its check, see [LetterCheck]; it covers the line's number too |
///
/// The sixteen letters are chosen so that none looks like another: no 0 O D Q, 1 I L, 2 Z, 5 S, 8
/// B, U V W Y, G, N. Case, blanks and hyphens do not count, and lines that do not begin with a
/// number are for people. Any four wrong letters of a line are found, exchanged neighbours and
/// exchanged lines too, and the failure names the line.
public final class RecoverySheetFormat {
    static final String LETTERS = "34679ACEFHJKMPRT";
    static final int LINES = RecoverySheet.BYTES / 4 + 1;
    static final int LETTERS_A_LINE = 8 + LetterCheck.LETTERS;

    private static final int MAX_FILE_BYTES = 64 << 10;
    private static final Pattern LINE = Pattern.compile("\\s*([0-9])[\\s:.)]+(.*)");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private RecoverySheetFormat() {}

    /// The whole sheet, with what a person has to know who finds it years later.
    public static String print(
            RecoverySheet sheet, RepositoryId repository, String url, Instant made) {
        StringBuilder text = new StringBuilder("GODWIT RECOVERY SHEET\n\n");
        text.append("Repository  ").append(repository).append('\n');
        text.append("Place       ").append(url).append('\n');
        text.append("Made        ").append(DAY.format(made)).append("\n\n");
        byte[] all = withCheck(sheet.secret());
        for (int line = 1; line <= LINES; line++) {
            text.append("    ").append(line).append("   ").append(line(line, all)).append('\n');
        }
        Arrays.fill(all, (byte) 0);
        return text.append(
                        """

                        Whoever holds this sheet and reaches the place above can read everything in it.
                        Keep it on paper, away from the machine; delete the file it was printed from.

                        To use it, type the nine lines with their numbers into a file. Case and blanks do not
                        count, and a line that was mistyped is named. Then give the file to any command:

                            godwit -r URL --sheet-file FILE snapshots
                            godwit -r URL --sheet-file FILE restore latest:VOLUME TARGET
                            godwit -r URL --sheet-file FILE key add --new-password-file FILE

                        To make it worthless: godwit key list --sheet-file FILE marks its ID, and
                        godwit key remove ID shuts it out of whatever is written from then on.
                        """)
                .toString();
    }

    private static byte[] withCheck(byte[] secret) {
        byte[] all = Arrays.copyOf(secret, LINES * 4);
        System.arraycopy(check(secret), 0, all, secret.length, 4);
        return all;
    }

    private static byte[] check(byte[] secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("godwit recovery sheet".getBytes(StandardCharsets.US_ASCII));
            return Arrays.copyOf(digest.digest(secret), 4);
        } catch (NoSuchAlgorithmException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private static String line(int number, byte[] all) {
        int[] word = new int[1 + LETTERS_A_LINE];
        word[0] = number;
        for (int i = 0; i < 8; i++) {
            int octet = all[(number - 1) * 4 + i / 2] & 0xff;
            word[1 + i] = i % 2 == 0 ? octet >> 4 : octet & 15;
        }
        LetterCheck.complete(word);
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < word.length; i++) {
            text.append(i == 5 ? " " : i == 9 ? "  " : "").append(LETTERS.charAt(word[i]));
        }
        return text.toString();
    }

    /// Reads what somebody typed.
    ///
    /// @throws GodwitException `INVALID` with the lines that are mistyped or missing
    public static RecoverySheet read(Path file) {
        return parse(text(file), "file=" + file);
    }

    static RecoverySheet parse(String text, String where) {
        byte[] @Nullable [] lines = new byte[LINES + 1][];
        for (String line : text.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            int number = matcher.group(1).charAt(0) - '0';
            if (number < 1) {
                throw mistyped("recovery sheet has no line 0", where);
            }
            if (lines[number] != null) {
                throw mistyped("recovery sheet has line " + number + " twice", where);
            }
            lines[number] = letters(number, matcher.group(2).replaceAll("[\\s-]", ""), where);
        }
        byte[] all = new byte[LINES * 4];
        for (int number = 1; number <= LINES; number++) {
            byte[] four = lines[number];
            if (four == null) {
                throw mistyped("recovery sheet lacks line " + number, where);
            }
            System.arraycopy(four, 0, all, (number - 1) * 4, 4);
        }
        byte[] secret = Arrays.copyOf(all, RecoverySheet.BYTES);
        if (!MessageDigest.isEqual(all, withCheck(secret))) {
            throw mistyped("recovery sheet has lines of different sheets", where);
        }
        return new RecoverySheet(secret);
    }

    private static byte[] letters(int number, String typed, String where) {
        String what = "recovery sheet is mistyped in line " + number + ", ";
        if (typed.length() != LETTERS_A_LINE) {
            throw mistyped(
                    what + "letters=%d expected=%d".formatted(typed.length(), LETTERS_A_LINE),
                    where);
        }
        int[] word = new int[1 + LETTERS_A_LINE];
        word[0] = number;
        for (int i = 0; i < typed.length(); i++) {
            word[1 + i] = LETTERS.indexOf(Character.toUpperCase(typed.charAt(i)));
            if (word[1 + i] < 0) {
                throw mistyped(what + "no such letter, letter=" + (i + 1), where);
            }
        }
        if (!LetterCheck.holds(word)) {
            throw mistyped(what + "its check differs", where);
        }
        byte[] four = new byte[4];
        for (int i = 0; i < 4; i++) {
            four[i] = (byte) (word[1 + 2 * i] << 4 | word[2 + 2 * i]);
        }
        return four;
    }

    private static GodwitException mistyped(String what, String where) {
        return new GodwitException(FailureKind.INVALID, what + ": " + where)
                .withHint("compare it with the paper, letter by letter; they are " + LETTERS);
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw failure(FailureKind.NOT_FOUND, "no such recovery sheet", file, e);
        } catch (AccessDeniedException e) {
            throw failure(FailureKind.DENIED, "recovery sheet may not be read", file, e);
        } catch (IOException e) {
            throw failure(FailureKind.INVALID, "recovery sheet cannot be read", file, e);
        }
    }

    private static GodwitException failure(
            FailureKind kind, String what, Path file, IOException cause) {
        return new GodwitException(kind, what + ": file=" + file, cause)
                .withObject(file.toString());
    }
}
