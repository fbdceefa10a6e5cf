package io.godwit.cli;

import io.godwit.seal.KeyAdministration;
import io.godwit.seal.RecoverySheet;
import io.godwit.seal.RecoverySheetFormat;
import io.godwit.seal.Unlock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/// Makes recovery sheets: on standard output, or in a file for the owner alone.
///
/// @param url of the repository, which holds no secret
record RecoverySheets(
        KeyAdministration keys, String url, SecureRandom random, InstantSource clock) {

    static RecoverySheets of(Task task, OpenKeys open) {
        Outside outside = task.outside();
        return new RecoverySheets(
                open.keys(),
                OpenRepository.url(outside, task.options()).text(),
                outside.random().get(),
                outside.clock());
    }

    /// A sheet that opens the repository from now on.
    String add() {
        RecoverySheet sheet = RecoverySheet.fresh(random);
        keys.add(new Unlock.Recovery(sheet));
        return print(sheet);
    }

    /// The sheet in the file, which is made when there is none. Whoever was killed behind that
    /// comes again with it.
    Unlock inFile(Path file) {
        if (!Files.exists(file)) {
            RecoverySheet sheet = RecoverySheet.fresh(random);
            NewFiles.write(file, print(sheet).getBytes(StandardCharsets.UTF_8));
            sheet.wipe();
        }
        return new Unlock.Recovery(RecoverySheetFormat.read(file));
    }

    private String print(RecoverySheet sheet) {
        return RecoverySheetFormat.print(sheet, keys.ring().repository(), url, clock.instant());
    }
}
