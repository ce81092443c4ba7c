package pie.engine.market;

import java.util.Arrays;

/**
 * Keep bidders in the one order that decides everything: aged ones first, by the time they wait; the others by bid with the holders'
 * advantage, then holders, then the longest wait, then arrival. Sorts by merging runs, as the order changes little between ticks.
 */
final class Ranking {
    private Bidder[] list = new Bidder[16];
    private Bidder[] spare = new Bidder[16];
    private int size;

    int size() {
        return size;
    }

    Bidder get(int i) {
        return list[i];
    }

    void add(Bidder bidder) {
        if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
            spare = new Bidder[2 * size];
        }
        list[size++] = bidder;
        bidder.listed = true;
    }

    /** Drop who is not in this tick. */
    void keep(long tick) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Bidder bidder = list[i];
            if (bidder.tick == tick) {
                list[kept++] = bidder;
            } else {
                bidder.listed = false;
            }
        }
        Arrays.fill(list, kept, size, null);
        size = kept;
    }

    void sort() {
        while (true) {
            int merged = 0;
            int from = 0;
            while (from < size) {
                int middle = runEnd(from);
                if (middle == size) {
                    break;
                }
                int to = runEnd(middle);
                merge(from, middle, to);
                merged++;
                from = to;
            }
            if (merged == 0) {
                break;
            }
        }
        for (int i = 0; i < size; i++) {
            list[i].rank = i;
        }
    }

    private int runEnd(int from) {
        int i = from + 1;
        while (i < size && !before(list[i], list[i - 1])) {
            i++;
        }
        return i;
    }

    private void merge(int from, int middle, int to) {
        int left = middle - from;
        System.arraycopy(list, from, spare, 0, left);
        int i = 0;
        int j = middle;
        int k = from;
        while (i < left) {
            list[k++] = j < to && before(list[j], spare[i]) ? list[j++] : spare[i++];
        }
        Arrays.fill(spare, 0, left, null);
    }

    private static boolean before(Bidder a, Bidder b) {
        if (a.agedClass != b.agedClass) {
            return a.agedClass;
        }
        if (a.insisted != b.insisted) {
            return a.insisted;
        }
        if (!a.agedClass) {
            if (a.value != b.value) {
                return a.value > b.value;
            }
            boolean holds = a.holding() > 0;
            if (holds != b.holding() > 0) {
                return holds;
            }
        }
        if (a.since() != b.since()) {
            return a.since() < b.since();
        }
        return a.arrival < b.arrival;
    }
}
