package pie.engine.process;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.market.Explanation;
import pie.engine.market.Explanation.ContextState;
import pie.engine.market.Explanation.State;
import pie.engine.market.MarketEvent;
import pie.engine.market.Missed;

/** Shape why a process waits or runs slowly as the JSON-like record that people and programs get. */
public final class ExplainRecord {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final String owner;
    private final Map<String, Object> record = new LinkedHashMap<>();
    private final List<Object> contexts = new ArrayList<>();
    private final Map<String, Object> counts = new LinkedHashMap<>();
    private final List<Object> recent = new ArrayList<>();
    private final List<Object> events = new ArrayList<>();
    private double balance;
    private double dividend;
    private @Nullable ContextState longest;
    private double longestPrice;
    private boolean running;
    private boolean excluded;

    private ExplainRecord(String owner) {
        this.owner = owner;
    }

    /**
     * Make the record. Contexts of other owners are named by opaque words.
     *
     * @param wait where the process's time goes as far as its program knows
     * @param explanations of the models it uses, by name
     */
    public static Map<String, Object> of(
            ProcessId id,
            OwnerId owner,
            ProcessState state,
            String wait,
            ProcessTotals totals,
            Map<String, Explanation> explanations,
            Instant now) {
        ExplainRecord made = new ExplainRecord(owner.value());
        explanations.forEach(made::add);
        ContextState longest = made.longest;
        Map<String, Object> record = made.record;
        record.put("id", id.toString());
        record.put("state", state.word());
        record.put("wait", state.ended() ? null : made.refined(wait));
        record.put("since_ms", longest == null ? null : millis(longest.waitedNanos()));
        record.put("summary", made.summary(state, wait, now));
        record.put("balance", made.balance);
        record.put("dividend", made.dividend);
        record.put("contexts", made.contexts);
        Map<String, Object> missed = new LinkedHashMap<>();
        missed.put("counts", made.counts);
        missed.put("recent", made.recent);
        record.put("missed", missed);
        Map<String, Object> waits = new LinkedHashMap<>();
        waits.put("forward", totals.waitingNanos() / 1_000_000);
        record.put("waits_ms", waits);
        record.put("market", made.events);
        return record;
    }

    private void add(String device, Explanation e) {
        balance += e.balance();
        dividend += e.dividend();
        for (ContextState c : e.contexts()) {
            contexts.add(context(device, e.price(), c));
            running |= c.state() == State.RUNNING;
            excluded |= c.excluded();
            ContextState before = longest;
            if (c.waitedNanos() > 0 && (before == null || c.waitedNanos() > before.waitedNanos())) {
                longest = c;
                longestPrice = e.price();
            }
        }
        for (Missed why : Missed.values()) {
            counts.merge(word(why), e.missed().getOrDefault(why, 0L), (a, b) -> (Long) a + (Long) b);
        }
        e.misses().forEach(miss -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("step", miss.step());
            each.put("device", device);
            each.put("context", miss.context());
            each.put("why", word(miss.why()));
            recent.add(each);
        });
        e.events().forEach(event -> events.add(event(device, owner, event)));
    }

    private static Map<String, Object> context(String device, double price, ContextState c) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("context", c.context());
        map.put("device", device);
        map.put("state", word(c.state()));
        map.put("waited_ms", millis(c.waitedNanos()));
        map.put("bound_ms", millis(c.boundNanos()));
        map.put("excluded", c.excluded());
        map.put("masked", c.masked());
        map.put("aged", c.aged());
        map.put("idle", c.idle());
        map.put("rank", c.rank());
        map.put("ranked", c.ranked());
        map.put("bid", c.bid());
        map.put("effective_bid", c.effectiveBid());
        map.put("price", price);
        map.put("rent", c.rent());
        Map<String, Object> pages = new LinkedHashMap<>();
        pages.put("held", c.held());
        pages.put("effective", c.effective());
        pages.put("demand", c.demanded());
        map.put("pages", pages);
        map.put("displacements", c.displacements());
        map.put("restores", c.restores());
        return map;
    }

    /** Shape a market event; a context of another owner than the reader gets an opaque name. */
    public static Map<String, Object> event(String device, String reader, MarketEvent event) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tick", event.tick());
        map.put("device", device);
        map.put("context", event.context());
        map.put("kind", word(event.kind()));
        map.put("reason", word(event.reason()));
        map.put("by", party(reader, event.by()));
        map.put("price", event.price());
        map.put("own_bid", event.ownBid());
        map.put("other_bid", event.otherBid());
        map.put("pages", event.pages());
        map.put("to_replay", event.toReplay());
        map.put("waited_ms", millis(event.waitedNanos()));
        return map;
    }

    /** Name a context, or hide whose it is. */
    public static @Nullable Map<String, Object> party(String reader, MarketEvent.@Nullable Party party) {
        if (party == null) {
            return null;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("process", name(reader, party));
        if (party.owner().equals(reader)) {
            map.put("context", party.context());
        }
        return map;
    }

    /** Name a context's process; one of another owner than the reader by an opaque word, the same each time. */
    public static String name(String reader, MarketEvent.Party party) {
        return party.owner().equals(reader)
                ? party.process()
                : "other-" + Integer.toHexString(party.process().hashCode());
    }

    private String refined(String wait) {
        if (!wait.equals("forward") || running || longest == null) {
            return wait;
        }
        return excluded ? "allocation" : "queue";
    }

    private String summary(ProcessState state, String wait, Instant now) {
        ContextState c = longest;
        if (state.ended()) {
            return "has ended (" + state.word() + ")";
        }
        if (c == null) {
            return running
                    ? "runs: rows of it are with the device"
                    : "does not wait for the engine: its time goes to " + wait;
        }
        String waited = String.format(Locale.ROOT, "waits %.1f s", c.waitedNanos() / 1e9);
        if (c.masked()) {
            return waited + " for the mask of its next token, which its grammar takes long to work out";
        }
        if (!c.excluded()) {
            return waited + " for its turn in the batch: rank " + c.rank() + " of " + c.ranked();
        }
        String pages = waited + " for " + Math.max(1, c.demanded() - c.held()) + " pages: ";
        String why = c.effectiveBid() < longestPrice
                ? "its bid " + number(c.effectiveBid()) + " is below the price " + number(longestPrice)
                : "others rank before its bid " + number(c.effectiveBid());
        Instant latest = now.plusNanos(Math.max(0, c.boundNanos() - c.waitedNanos()));
        return pages + why + "; served by "
                + CLOCK.format(latest.atZone(ZoneId.systemDefault()).toLocalTime()) + " at the latest";
    }

    private static String number(double bid) {
        return String.format(Locale.ROOT, "%.3g", bid);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
