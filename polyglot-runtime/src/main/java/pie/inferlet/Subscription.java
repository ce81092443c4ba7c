package pie.inferlet;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Receive what is broadcast on a topic, in order. Iterating takes text after text until it is closed. */
public final class Subscription implements AutoCloseable, Iterable<String> {
    private final Host host;
    private final Host.Mailbox mailbox;

    Subscription(Host host, Host.Mailbox mailbox) {
        this.host = host;
        this.mailbox = mailbox;
    }

    /** Wait for the next text; absent once closed. */
    public Optional<String> next() {
        return host.await(nextAsync(), "message");
    }

    public CompletableFuture<Optional<String>> nextAsync() {
        host.checkLive();
        return host.begun(mailbox.next(), "message");
    }

    @Override
    public Iterator<String> iterator() {
        return new Iterator<>() {
            private @Nullable String ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    ahead = Subscription.this.next().orElse(null);
                }
                return ahead != null;
            }

            @Override
            public String next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the subscription is closed");
                }
                String text = ahead;
                ahead = null;
                return text;
            }
        };
    }

    /** Return how many texts were lost because they were not taken in time, oldest first. */
    public long dropped() {
        return mailbox.dropped();
    }

    /** Receive nothing more; waiting calls end without a text. */
    public void unsubscribe() {
        mailbox.close();
    }

    @Override
    public void close() {
        unsubscribe();
    }
}
