package pie.runtime;

import java.time.Duration;
import java.util.Set;
import pie.engine.event.EventLog;

/**
 * Configure the guests.
 *
 * @param languages that may be launched
 * @param poolMin guests kept ready per language: warm contexts, or idle workers
 * @param once whether one launch is all that is wanted: guests that are taken are not replaced
 * @param maxRunning processes that run at once; more are queued
 * @param maxQueued processes that wait; more are refused with OVERLOADED
 * @param killGrace time between interrupt and kill
 * @param guestMemory in this process what a guest must have allocated before it can be ended for a full heap, and the most it may
 *     hold in large arrays; in a worker the most heap that it may hold at all; in bytes
 * @param events bounds of each process's log
 * @param eventsTtl how long an ended process is kept
 * @param policy what programs may do at most
 * @param isolation what keeps programs apart
 */
public record RuntimeConfig(
        Set<Language> languages,
        int poolMin,
        boolean once,
        int maxRunning,
        int maxQueued,
        Duration killGrace,
        long guestMemory,
        EventLog.Limits events,
        Duration eventsTtl,
        GuestPolicy policy,
        Isolation isolation) {
    public static final RuntimeConfig DEFAULT = new RuntimeConfig(
            Set.of(Language.values()),
            2,
            false,
            256,
            2048,
            Duration.ofSeconds(5),
            256L << 20,
            EventLog.Limits.DEFAULT,
            Duration.ofMinutes(15),
            GuestPolicy.DEFAULT,
            Isolation.THREAD);

    public RuntimeConfig(
            Set<Language> languages,
            int poolMin,
            boolean once,
            int maxRunning,
            int maxQueued,
            Duration killGrace,
            long guestMemory,
            EventLog.Limits events,
            Duration eventsTtl) {
        this(
                languages,
                poolMin,
                once,
                maxRunning,
                maxQueued,
                killGrace,
                guestMemory,
                events,
                eventsTtl,
                GuestPolicy.DEFAULT,
                Isolation.THREAD);
    }

    public RuntimeConfig withPolicy(GuestPolicy other) {
        return with(languages, poolMin, once, guestMemory, other, isolation);
    }

    /** Return the same with programs kept apart so, each with so much memory, and so many guests kept ready. */
    public RuntimeConfig isolated(Isolation by, long memory, int spares) {
        return with(languages, spares, once, memory, policy, by);
    }

    public RuntimeConfig withPoolMin(int count) {
        return with(languages, count, once, guestMemory, policy, isolation);
    }

    public RuntimeConfig withLanguages(Set<Language> some) {
        return with(some, poolMin, once, guestMemory, policy, isolation);
    }

    /** Return the same for one launch of one language. */
    public RuntimeConfig onceFor(Language language) {
        return with(Set.of(language), 1, true, guestMemory, policy, isolation);
    }

    private RuntimeConfig with(
            Set<Language> some, int ready, boolean single, long memory, GuestPolicy allowed, Isolation by) {
        return new RuntimeConfig(
                some, ready, single, maxRunning, maxQueued, killGrace, memory, events, eventsTtl, allowed, by);
    }
}
