package io.godwit.cli;

import io.godwit.seal.KeyService;
import io.godwit.vault.VaultAccess;
import io.godwit.vault.VaultTransit;
import io.godwit.vault.VaultUrl;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The key services that there are, by URL.
final class KeyServices {
    private KeyServices() {}

    static KeyService open(String url, Outside outside, @Nullable Path tokenFile) {
        VaultUrl place = VaultUrl.parse(url);
        return new VaultTransit(
                place, VaultAccess.of(outside.environment(), tokenFile, outside.threads()));
    }
}
