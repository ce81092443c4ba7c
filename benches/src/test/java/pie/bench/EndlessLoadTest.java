package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EndlessLoadTest {
    private interface Reply {
        Answer to(Prompt prompt) throws IOException, InterruptedException;
    }

    private record FakeAsker(Reply reply) implements Asker {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Answer ask(Prompt prompt) throws IOException, InterruptedException {
            return reply.to(prompt);
        }
    }

    private static Answer answer(int tokens) {
        return new Answer(0, new long[] {1, 2}, 2, 4, tokens, Answer.NO_IDS, 0, "length", "");
    }

    @Test
    void eachStreamAsksOnWithPromptsThatNobodyHadBefore() throws Exception {
        List<List<Integer>> prompts = Collections.synchronizedList(new ArrayList<>());
        Set<Thread> streams = ConcurrentHashMap.newKeySet();
        var allAsked = new CountDownLatch(3);
        var manyAsked = new CountDownLatch(50);
        Asker asker = new FakeAsker(prompt -> {
            prompts.add(IntStream.of(prompt.ids()).boxed().toList());
            if (streams.add(Thread.currentThread())) {
                allAsked.countDown();
                allAsked.await(); // only streams that are in flight together get past this
            }
            manyAsked.countDown();
            return answer(prompt.maxTokens());
        });
        EndlessLoad load = new EndlessLoad(List.of(asker, asker, asker), 4, 8, 1);
        try (load) {
            manyAsked.await();
        }
        assertThat(streams).hasSize(3);
        assertThat(prompts).doesNotHaveDuplicates().allMatch(ids -> ids.size() == 4);
        assertThat(load.answered()).isEqualTo(prompts.size());
        assertThat(load.failed()).isZero();
        assertThat(load.error()).isEmpty();
    }

    @Test
    void failuresAreCountedAndTheFirstIsTold() throws Exception {
        var asked = new CountDownLatch(2);
        Asker refuses = new FakeAsker(prompt -> {
            asked.countDown();
            throw new IOException("refused");
        });
        EndlessLoad load = new EndlessLoad(List.of(refuses, refuses), 4, 8, 1);
        try (load) {
            asked.await();
        }
        assertThat(load.failed()).isGreaterThanOrEqualTo(2);
        assertThat(load.answered()).isZero();
        assertThat(load.error()).isEqualTo("refused");
    }

    @Test
    void aShorterAnswerIsAFailure() throws Exception {
        var asked = new CountDownLatch(1);
        Asker stops = new FakeAsker(prompt -> {
            asked.countDown();
            return answer(prompt.maxTokens() - 1);
        });
        EndlessLoad load = new EndlessLoad(List.of(stops), 4, 8, 1);
        try (load) {
            asked.await();
        }
        assertThat(load.error()).isEqualTo("an answer of 7 tokens, not 8");
    }
}
