package pie.runtime;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pie.runtime.files.FileStore;
import pie.runtime.messaging.MessageBoard;
import pie.runtime.web.WebClient;
import pie.runtime.web.WebLimits;

/** Hold what the processes of a runtime share. */
final class Facilities implements AutoCloseable {
    private final RuntimeConfig config;
    private final MessageBoard board;
    private final Family.Starter starter;
    private final FileStore files;
    private final Function<Language, @Nullable GuestPool<?>> pools;
    private @Nullable WebClient web;
    private @Nullable WebClient operatorsWeb;

    /**
     * @param board topics of all users
     * @param starter starts children
     * @param pools guests by language, null for one that is not offered
     */
    Facilities(
            RuntimeConfig config,
            MessageBoard board,
            Family.Starter starter,
            Function<Language, @Nullable GuestPool<?>> pools) {
        this.pools = pools;
        this.config = config;
        this.board = board;
        this.starter = starter;
        this.files = new FileStore(config.policy());
    }

    RuntimeConfig config() {
        return config;
    }

    GuestPolicy policy() {
        return config.policy();
    }

    MessageBoard board() {
        return board;
    }

    Family.Starter starter() {
        return starter;
    }

    @Nullable
    GuestPool<?> pool(Language language) {
        return pools.apply(language);
    }

    FileStore files() {
        return files;
    }

    /** Return the connections to other hosts; made when first asked for. */
    synchronized WebClient web() {
        WebClient made = web;
        if (made == null) {
            made = new WebClient(policy().privateHosts(), WebLimits.DEFAULT);
            web = made;
        }
        return made;
    }

    /** Return connections to whatever the operator configured. */
    synchronized WebClient operatorsWeb() {
        WebClient made = operatorsWeb;
        if (made == null) {
            made = new WebClient(NetworkRule.ANY, WebLimits.DEFAULT);
            operatorsWeb = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        if (web != null) {
            web.close();
        }
        if (operatorsWeb != null) {
            operatorsWeb.close();
        }
        files.close();
    }
}
