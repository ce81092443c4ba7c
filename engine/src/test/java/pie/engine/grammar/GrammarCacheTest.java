package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class GrammarCacheTest {
    private final GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.small());

    @Test
    void compiles_equal_sources_once() {
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            GrammarCache cache = new GrammarCache(compiler, pool);
            List<CompletableFuture<Grammar>> all = IntStream.range(0, 40)
                    .mapToObj(i -> cache.get(new GrammarSource.Regex("[ab]{" + (i % 2 + 1) + "}c")))
                    .toList();
            assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(2);
            assertThat(cache.compilations()).isEqualTo(2);
            assertThat(cache.hits()).isEqualTo(38);
        }
    }

    @Test
    void drops_what_was_used_longest_ago() {
        GrammarCache cache = new GrammarCache(compiler, Runnable::run, 3, Long.MAX_VALUE);
        List<Grammar> made = new ArrayList<>();
        for (String pattern : List.of("a", "b", "c")) {
            made.add(cache.get(new GrammarSource.Regex(pattern)).join());
        }
        cache.get(new GrammarSource.Regex("a")).join();
        cache.get(new GrammarSource.Regex("d")).join();
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.get(new GrammarSource.Regex("a")).join()).isSameAs(made.get(0));
        assertThat(cache.get(new GrammarSource.Regex("b")).join()).isNotSameAs(made.get(1));
    }

    @Test
    void keeps_to_its_bytes() {
        GrammarCache cache = new GrammarCache(compiler, Runnable::run, 100, 1);
        cache.get(new GrammarSource.Regex("a")).join();
        cache.get(new GrammarSource.Regex("b")).join();
        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void keeps_no_failure() {
        GrammarCache cache = new GrammarCache(compiler, Runnable::run);
        assertThatThrownBy(() -> cache.get(new GrammarSource.Regex("(")).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(PieException.class);
        assertThat(cache.size()).isZero();
    }

    @Test
    void says_overloaded_where_the_pool_takes_no_more() {
        GrammarCache cache = new GrammarCache(compiler, task -> {
            throw new RejectedExecutionException("full");
        });
        assertThatThrownBy(() -> cache.get(new GrammarSource.Regex("a")).join())
                .hasCauseInstanceOf(PieException.class)
                .cause()
                .satisfies(e -> assertThat(((PieException) e).code()).isEqualTo(ErrorCode.OVERLOADED));
        assertThat(cache.size()).isZero();
    }

    @Test
    void ends_compilations_by_the_clock_it_is_given() {
        long[] now = {0};
        GrammarCompiler slow = new GrammarCompiler(
                Vocabularies.small(),
                new GrammarLimits(Duration.ofMillis(5), 1 << 18, 1 << 26),
                () -> now[0] += 1_000_000);
        assertThatThrownBy(() -> slow.compile(new GrammarSource.Regex("[ab]{1000}[cd]{1000}(a|b|cd){900}")))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                    assertThat(e.details()).containsEntry("unit", "milliseconds");
                });
    }
}
