package io.godwit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// A sheet that was printed and typed back, with the errors that people make.
class RecoverySheetTest {
    private final RecoverySheet sheet = RecoverySheet.fresh(new SeededSecureRandom(7));
    private final String text = print(sheet);

    private static String print(RecoverySheet sheet) {
        return RecoverySheetFormat.print(
                sheet,
                new RepositoryId(1, 2),
                "s3://bucket/prefix",
                Instant.parse("2026-11-22T10:00:00Z"));
    }

    private static RecoverySheet parse(String text) {
        return RecoverySheetFormat.parse(text, "file=sheet");
    }

    /// Its nine lines.
    private String[] lines() {
        return text.lines().filter(line -> line.matches("    [1-9]   .*")).toArray(String[]::new);
    }

    @Test
    void whatIsPrintedIsReadBack() {
        assertThat(text)
                .contains(new RepositoryId(1, 2).toString(), "s3://bucket/prefix", "2026-11-22");
        assertThat(lines()).hasSize(9);
        assertThat(parse(text).secret()).isEqualTo(sheet.secret());
        assertThat(parse(String.join("\n", lines())).secret()).isEqualTo(sheet.secret());
    }

    @Test
    void caseBlanksHyphensAndOrderDoNotCount() {
        StringBuilder typed = new StringBuilder();
        for (int i = 8; i >= 0; i--) {
            String letters = lines()[i].substring(5).replace(" ", "").toLowerCase(Locale.ROOT);
            typed.append(i + 1).append(". ").append(letters, 0, 6).append('-');
            typed.append(letters.substring(6)).append("\r\n\r\n");
        }
        assertThat(parse(typed.toString()).secret()).isEqualTo(sheet.secret());
    }

    @Test
    void noLetterLooksLikeAnother() {
        assertThat(RecoverySheetFormat.LETTERS).hasSize(16).doesNotContainAnyWhitespaces();
        assertThat(RecoverySheetFormat.LETTERS.chars().distinct().count()).isEqualTo(16);
        for (char mistaken : "0ODQ1IL2Z5S8BUVWYGN".toCharArray()) {
            assertThat(RecoverySheetFormat.LETTERS).doesNotContain(Character.toString(mistaken));
        }
    }

    @Test
    void everyWrongLetterIsFoundAndItsLineNamed() {
        for (int number = 1; number <= 9; number++) {
            String line = lines()[number - 1];
            for (int at = 8; at < line.length(); at++) {
                for (char other : RecoverySheetFormat.LETTERS.toCharArray()) {
                    if (line.charAt(at) == ' ' || line.charAt(at) == other) {
                        continue;
                    }
                    refused(line, with(line, at, other), "mistyped in line " + number);
                }
            }
        }
    }

    @Test
    void exchangedNeighboursAreFound() {
        for (int number = 1; number <= 9; number++) {
            String line = lines()[number - 1];
            for (int at = 8; at + 1 < line.length(); at++) {
                char left = line.charAt(at);
                char right = line.charAt(at + 1);
                if (left != right && left != ' ' && right != ' ') {
                    String swapped = with(with(line, at, right), at + 1, left);
                    refused(line, swapped, "mistyped in line " + number);
                }
            }
        }
    }

    @Test
    void anyFourWrongLettersAreFound() {
        SeededSecureRandom random = new SeededSecureRandom(1);
        for (int i = 0; i < 20_000; i++) {
            int[] word = new int[13];
            for (int j = 0; j < 9; j++) {
                word[j] = random.nextInt(16);
            }
            LetterCheck.complete(word);
            assertThat(LetterCheck.holds(word)).isTrue();
            for (int wrong = 1 + random.nextInt(4), at = 0; wrong > 0; wrong--, at += 3) {
                word[at + random.nextInt(3)] ^= 1 + random.nextInt(15);
            }
            assertThat(LetterCheck.holds(word)).isFalse();
        }
    }

    @Test
    void linesThatAreMissingTwiceOrTooShortAreNamed() {
        String line = lines()[4];
        refused(line, "", "lacks line 5");
        refused(line, line + "\n" + line, "has line 5 twice");
        refused(line, line.substring(0, line.length() - 1), "line 5, letters=11");
        refused(line, with(line, 8, 'O'), "line 5, no such letter, letter=1");
        refused(line, lines()[3].replace("    4", "    5"), "mistyped in line 5");
        refused(text, "nothing at all", "lacks line 1");
    }

    @Test
    void linesOfDifferentSheetsDoNotMix() {
        RecoverySheet other = RecoverySheet.fresh(new SeededSecureRandom(8));
        String theirs =
                print(other).lines().filter(l -> l.startsWith("    3 ")).findFirst().orElseThrow();
        refused(lines()[2], theirs, "lines of different sheets");
    }

    @Test
    void printsNoSecret() {
        assertThat(sheet.toString()).isEqualTo("RecoverySheet[secret]");
    }

    private static String with(String line, int at, char letter) {
        return line.substring(0, at) + letter + line.substring(at + 1);
    }

    private void refused(String part, String typed, String sentence) {
        assertThatThrownBy(() -> parse(text.replace(part, typed)))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
                .hasMessageContaining(sentence)
                .hasMessageEndingWith("file=sheet");
    }
}
