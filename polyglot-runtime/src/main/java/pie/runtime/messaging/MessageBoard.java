package pie.runtime.messaging;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;

/** Keep the topics of all owners. Safe for use from several threads. */
public final class MessageBoard {
    private static final int MOST_NAME_BYTES = 512;

    private final MessageLimits limits;
    private final Map<OwnerId, Map<String, Topic>> owners = new HashMap<>();

    public MessageBoard(MessageLimits limits) {
        this.limits = limits;
    }

    /** Hold one topic: what is pushed to it and who listens. */
    private static final class Topic {
        final TextQueue queue = new TextQueue();
        final Set<Feed> feeds = new LinkedHashSet<>();

        boolean idle() {
            return feeds.isEmpty() && queue.idle();
        }
    }

    /**
     * Append to a queue.
     *
     * @throws PieException BUDGET_EXHAUSTED with a full queue, or one topic too many
     */
    public synchronized void push(OwnerId owner, String name, String text) {
        Topic topic = topic(owner, name);
        if (topic.queue.size() >= limits.messages() || topic.queue.bytes() + TextQueue.bytes(text) > limits.bytes()) {
            PieException full = new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the queue of topic '" + name + "' is full with " + topic.queue.size() + " messages of "
                            + topic.queue.bytes() + " bytes; pull some first",
                    Map.of(
                            "budget",
                            "queue",
                            "scope",
                            "owner",
                            "limit",
                            limits.messages(),
                            "used",
                            topic.queue.size()));
            forgetIdle(owner, name);
            throw full;
        }
        topic.queue.add(text);
        forgetIdle(owner, name);
    }

    /** Take the oldest text of a queue, now or when it comes. */
    public CompletableFuture<String> pull(OwnerId owner, String name) {
        CompletableFuture<String> taken;
        synchronized (this) {
            taken = topic(owner, name).queue.take();
            forgetIdle(owner, name);
        }
        var unused = taken.whenComplete((text, error) -> {
            if (taken.isCancelled()) {
                withdraw(owner, name, taken);
            }
        });
        return taken;
    }

    private synchronized void withdraw(OwnerId owner, String name, CompletableFuture<String> taker) {
        @Nullable Topic topic = owners.getOrDefault(owner, Map.of()).get(name);
        if (topic != null) {
            topic.queue.withdraw(taker);
            forgetIdle(owner, name);
        }
    }

    /** Put a pulled text back in front. */
    public synchronized void giveBack(OwnerId owner, String name, String text) {
        owners.computeIfAbsent(owner, o -> new HashMap<>())
                .computeIfAbsent(name, n -> new Topic())
                .queue
                .addFirst(text);
        forgetIdle(owner, name);
    }

    /** Hand a text to all present subscriptions of a topic; all of them hear what several senders say in one order. */
    public synchronized void broadcast(OwnerId owner, String name, String text) {
        check(name);
        @Nullable Topic topic = owners.getOrDefault(owner, Map.of()).get(name);
        if (topic != null) {
            List.copyOf(topic.feeds).forEach(feed -> feed.add(text));
        }
    }

    /** Receive what is broadcast from now on. @throws PieException BUDGET_EXHAUSTED for one topic too many */
    public synchronized Feed subscribe(OwnerId owner, String name, int capacity) {
        var feed = new Feed(capacity, limits.bytes(), closed -> unsubscribe(owner, name, closed));
        topic(owner, name).feeds.add(feed);
        return feed;
    }

    private synchronized void unsubscribe(OwnerId owner, String name, Feed feed) {
        Optional.ofNullable(owners.getOrDefault(owner, Map.of()).get(name)).ifPresent(topic -> {
            topic.feeds.remove(feed);
            forgetIdle(owner, name);
        });
    }

    /** Return how many topics have content or listeners. */
    public synchronized int topics() {
        return owners.values().stream().mapToInt(Map::size).sum();
    }

    private Topic topic(OwnerId owner, String name) {
        check(name);
        Map<String, Topic> topics = owners.computeIfAbsent(owner, o -> new HashMap<>());
        if (topics.size() >= limits.topics() && !topics.containsKey(name)) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "there are " + topics.size() + " topics with content or listeners, the most there may be",
                    Map.of("budget", "topics", "scope", "owner", "limit", limits.topics(), "used", topics.size()));
        }
        return topics.computeIfAbsent(name, n -> new Topic());
    }

    private void forgetIdle(OwnerId owner, String name) {
        owners.computeIfPresent(owner, (o, topics) -> {
            topics.computeIfPresent(name, (n, topic) -> topic.idle() ? null : topic);
            return topics.isEmpty() ? null : topics;
        });
    }

    private static void check(String name) {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES) {
            throw PieException.invalid("topic must have 1 to " + MOST_NAME_BYTES + " bytes of UTF-8");
        }
    }
}
