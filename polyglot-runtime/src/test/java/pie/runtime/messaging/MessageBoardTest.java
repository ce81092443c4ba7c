package pie.runtime.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;

class MessageBoardTest {
    private static final OwnerId ANN = new OwnerId("ann");
    private static final OwnerId BOB = new OwnerId("bob");

    private final MessageBoard board = new MessageBoard(new MessageLimits(3, 1000, 4));

    @Test
    void aQueueIsFullAtItsLimitAndLosesNothing() {
        for (String text : List.of("a", "b", "c")) {
            board.push(ANN, "q", text);
        }
        assertThatThrownBy(() -> board.push(ANN, "q", "d")).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
            assertThat(e.details()).containsEntry("budget", "queue").containsEntry("used", 3);
        });
        assertThat(board.pull(ANN, "q").join()).isEqualTo("a");
        board.push(ANN, "q", "d");
        assertThat(List.of(
                        board.pull(ANN, "q").join(),
                        board.pull(ANN, "q").join(),
                        board.pull(ANN, "q").join()))
                .containsExactly("b", "c", "d");
        assertThat(board.topics()).isZero();
    }

    @Test
    void bytesCountToo() {
        board.push(ANN, "q", "x".repeat(400));
        assertThatThrownBy(() -> board.push(ANN, "q", "x".repeat(101))).isInstanceOf(PieException.class);
    }

    @Test
    void ownersDoNotMeet() {
        board.push(ANN, "q", "for ann");
        CompletableFuture<String> bobs = board.pull(BOB, "q");
        assertThat(bobs).isNotDone();
        Feed feed = board.subscribe(BOB, "n", 8);
        board.broadcast(ANN, "n", "news of ann");
        assertThat(feed.next()).isNotDone();
    }

    @Test
    void aCancelledPullLeavesItsTurnToTheNext() {
        CompletableFuture<String> first = board.pull(ANN, "q");
        CompletableFuture<String> second = board.pull(ANN, "q");
        first.cancel(true);
        board.push(ANN, "q", "a");
        assertThat(second.join()).isEqualTo("a");
        CompletableFuture<String> third = board.pull(ANN, "q");
        third.cancel(true);
        assertThat(board.topics()).isZero();
    }

    @Test
    void whatIsGivenBackComesFirst() {
        board.push(ANN, "q", "a");
        board.push(ANN, "q", "b");
        board.giveBack(ANN, "q", board.pull(ANN, "q").join());
        assertThat(board.pull(ANN, "q").join()).isEqualTo("a");
    }

    @Test
    void topicsAreBounded() {
        for (int i = 0; i < 4; i++) {
            board.push(ANN, "t" + i, "x");
        }
        assertThatThrownBy(() -> board.push(ANN, "t4", "x")).isInstanceOf(PieException.class);
        assertThatThrownBy(() -> board.subscribe(ANN, "t4", 1)).isInstanceOf(PieException.class);
        board.push(BOB, "t4", "x");
        assertThat(board.pull(ANN, "t0").join()).isEqualTo("x");
        board.push(ANN, "t4", "x");
    }

    @Test
    void aFeedKeepsTheNewestAndEndsWithItsSubscription() {
        Feed feed = board.subscribe(ANN, "n", 2);
        for (String text : List.of("a", "b", "c", "d")) {
            board.broadcast(ANN, "n", text);
        }
        assertThat(feed.dropped()).isEqualTo(2);
        assertThat(feed.next().join()).contains("c");
        feed.giveBack("c");
        assertThat(feed.next().join()).contains("c");
        assertThat(feed.next().join()).contains("d");
        CompletableFuture<java.util.Optional<String>> waiting = feed.next();
        feed.close();
        assertThat(waiting.join()).isEmpty();
        assertThat(feed.next().join()).isEmpty();
        assertThat(board.topics()).isZero();
    }

    @Test
    void eachPushedTextReachesOnePullerOfMany() throws Exception {
        var wide = new MessageBoard(MessageLimits.DEFAULT);
        int texts = 2000;
        var got = new ConcurrentLinkedQueue<String>();
        var pulls = new ArrayList<CompletableFuture<?>>();
        var pushes = new ArrayList<Thread>();
        for (int p = 0; p < 4; p++) {
            int from = p;
            pushes.add(Thread.ofVirtual().start(() -> {
                for (int i = from; i < texts; i += 4) {
                    wide.push(ANN, "q", "t" + i);
                }
            }));
        }
        for (int i = 0; i < texts; i++) {
            CompletableFuture<String> abandoned = wide.pull(ANN, "q");
            if (!abandoned.cancel(true)) {
                pulls.add(abandoned.thenAccept(got::add));
            }
            pulls.add(wide.pull(ANN, "q").thenAccept(got::add));
        }
        for (Thread thread : pushes) {
            thread.join();
        }
        while (got.size() < texts) {
            CompletableFuture<String> rest = wide.pull(ANN, "q");
            got.add(rest.get(60, TimeUnit.SECONDS));
        }
        assertThat(got).hasSize(texts).doesNotHaveDuplicates();
    }

    @Test
    void allListenersHearSeveralSendersInOneOrder() throws Exception {
        int texts = 2000;
        var wide = new MessageBoard(new MessageLimits(texts, 1 << 20, 4));
        Feed one = wide.subscribe(ANN, "t", 4 * texts);
        Feed other = wide.subscribe(ANN, "t", 4 * texts);
        var senders = new ArrayList<Thread>();
        for (int s = 0; s < 4; s++) {
            String sender = s + "/";
            senders.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < texts; i++) {
                    wide.broadcast(ANN, "t", sender + i);
                }
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        for (int i = 0; i < 4 * texts; i++) {
            assertThat(one.next().join())
                    .as("text %d", i)
                    .isEqualTo(other.next().join());
        }
    }
}
