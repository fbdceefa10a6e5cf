package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.ObjectKey;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackNamesTest {
    private static final SessionId SESSION = new SessionId(3, 0x0123_4567_89ab_cdefL, 0xfe);

    @Test
    void namesAreReadBack() {
        PackId pack = new PackId(SESSION, 3);
        ObjectKey data = PackNames.key(pack, false);
        assertThat(data.value())
                .isEqualTo("p/01/0000000000000003-0123456789abcdef000000fe-00000003");
        assertThat(PackNames.parse(data)).hasValue(new PackNames.PackName(pack, false));
        assertThat(PackNames.parse(PackNames.key(pack, true)))
                .hasValue(new PackNames.PackName(pack, true));
    }

    @Test
    void refusesNamesThatNoPackHas() {
        String id = "0000000000000003-0123456789abcdef000000fe-00000003";
        for (String bad :
                new String[] {"p/02/" + id, "q/01/" + id, "p/01/" + id + "0", "p/01/x", "p/01"}) {
            assertThat(PackNames.parse(new ObjectKey(bad))).as(bad).isEmpty();
        }
    }

    @Test
    void packsOfOneSessionUseEveryDirectory() {
        Set<String> directories = new HashSet<>();
        for (int counter = 0; counter < 256; counter++) {
            ObjectKey key = PackNames.key(new PackId(SESSION, counter), false);
            directories.add(key.value().substring(0, 5));
        }
        assertThat(directories).hasSize(256);
    }
}
