package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

/** Check sources once, keep no failures, and let old ones go. */
final class ProgramCacheTest {
    private final ProgramCache<String> cache = new ProgramCache<>();
    private final List<String> checked = new ArrayList<>();

    private static ProgramSource source(String code) {
        return ProgramSource.of(Language.PYTHON, "main.py", code);
    }

    private String check(ProgramSource source) {
        checked.add(source.code());
        return "program of " + source.code();
    }

    @Test
    void theSameSourceIsCheckedOnce() {
        assertThat(cache.of(source("a"), this::check)).isEqualTo("program of a");
        assertThat(cache.of(source("a"), this::check)).isEqualTo("program of a");
        assertThat(cache.of(source("b"), this::check)).isEqualTo("program of b");
        assertThat(checked).containsExactly("a", "b");
    }

    @Test
    void whatIsRefusedIsCheckedAgain() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.of(source("x"), s -> {
                        checked.add(s.code());
                        throw PieException.invalid("no");
                    }))
                    .isInstanceOf(PieException.class);
        }
        assertThat(checked).containsExactly("x", "x");
    }

    @Test
    void theLeastRecentlyUsedGoFirst() {
        String half = "x".repeat(3 << 20);
        cache.of(source(half + 1), this::check);
        cache.of(source(half + 2), this::check);
        cache.of(source(half + 1), this::check);
        cache.of(source(half + 3), this::check);
        checked.clear();
        cache.of(source(half + 1), this::check);
        assertThat(checked).isEmpty();
        cache.of(source(half + 2), this::check);
        assertThat(checked).hasSize(1);
    }
}
