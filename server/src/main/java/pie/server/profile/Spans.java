package pie.server.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import pie.engine.trace.Entry;

/** Hold spans that do not overlap, in order; of those that did, the first one lasts to its end. */
final class Spans {
    /** A span. */
    record Span(String name, long begin, long end) {}

    /** Take a part of a span that was cut. */
    interface Sink {
        void part(String name, long begin, long end);
    }

    private final List<Span> spans = new ArrayList<>();
    /** Where to look first: those who cut come in order. */
    private int next;

    static Spans of(List<Entry> entries) {
        var all = new Spans();
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin)
                .thenComparing(Comparator.comparingLong(Entry::end).reversed()));
        long until = Long.MIN_VALUE;
        for (Entry e : sorted) {
            if (!e.moment() && (until == Long.MIN_VALUE || e.end() > until)) {
                all.spans.add(
                        new Span(e.name(), until == Long.MIN_VALUE ? e.begin() : Math.max(until, e.begin()), e.end()));
                until = e.end();
            }
        }
        return all;
    }

    /** Cut a stretch, which does not begin before the last one that was cut, into what is in a span and what is in none. */
    void cut(long begin, long end, Sink inside, Sink outside) {
        while (next < spans.size() && spans.get(next).end() <= begin) {
            next++;
        }
        long at = begin;
        for (int i = next; i < spans.size() && spans.get(i).begin() < end; i++) {
            Span span = spans.get(i);
            long from = Math.max(at, span.begin());
            long to = Math.min(end, span.end());
            if (at < from) {
                outside.part("", at, from);
            }
            if (from < to) {
                inside.part(span.name(), from, to);
            }
            at = Math.max(at, to);
        }
        if (at < end) {
            outside.part("", at, end);
        }
    }

    void forEach(Consumer<Span> each) {
        spans.forEach(each);
    }
}
