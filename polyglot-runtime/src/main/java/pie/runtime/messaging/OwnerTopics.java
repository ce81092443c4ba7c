package pie.runtime.messaging;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.inferlet.Host;

/** Show the board to one process; its subscriptions end with it. */
public final class OwnerTopics implements Host.Topics, AutoCloseable {
    private static final int MOST_SUBSCRIPTIONS = 256;

    private final MessageBoard board;
    private final OwnerId owner;
    private final Set<Feed> subscriptions = new LinkedHashSet<>();
    private boolean closed;

    public OwnerTopics(MessageBoard board, OwnerId owner) {
        this.board = board;
        this.owner = owner;
    }

    @Override
    public void push(String topic, String message) {
        board.push(owner, topic, message);
    }

    @Override
    public CompletableFuture<String> pull(String topic) {
        return board.pull(owner, topic);
    }

    @Override
    public void giveBack(String topic, String message) {
        board.giveBack(owner, topic, message);
    }

    @Override
    public void broadcast(String topic, String message) {
        board.broadcast(owner, topic, message);
    }

    @Override
    public Host.Mailbox subscribe(String topic, int capacity) {
        synchronized (subscriptions) {
            subscriptions.removeIf(Feed::closed);
            if (subscriptions.size() >= MOST_SUBSCRIPTIONS) {
                throw new PieException(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "the process has " + MOST_SUBSCRIPTIONS + " subscriptions, the most it may have: close some",
                        Map.of(
                                "budget",
                                "subscriptions",
                                "scope",
                                "process",
                                "limit",
                                MOST_SUBSCRIPTIONS,
                                "used",
                                MOST_SUBSCRIPTIONS));
            }
            Feed feed = board.subscribe(owner, topic, capacity);
            if (closed) {
                feed.close();
            } else {
                subscriptions.add(feed);
            }
            return feed;
        }
    }

    @Override
    public void close() {
        List<Feed> left;
        synchronized (subscriptions) {
            closed = true;
            left = new ArrayList<>(subscriptions);
            subscriptions.clear();
        }
        left.forEach(Feed::close);
    }
}
