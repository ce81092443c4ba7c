package pie.engine.market;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Run the market over a model of a device: owners that always want more, one row a step for each granted context. */
final class Town {
    static final int PAGE = 16;
    private static final int[] NO_SLOTS = {};
    private static final long STEP_NANOS = 50_000_000;

    final Market market;
    final int total;
    final List<Owner> owners = new ArrayList<>();
    final Random random;
    long now;
    long finished;
    long displacements;
    long longestWait;
    long mostAhead;
    private long arrivals;
    private final List<Job> jobs = new ArrayList<>();
    private long nextRefill;

    Town(MarketConfig config, int total, long seed) {
        market = new Market(config, total, PAGE);
        this.total = total;
        random = new Random(seed);
    }

    /** Hold an owner and what was served to it. */
    static final class Owner {
        final double weight;
        final List<Wallet> processes = new ArrayList<>();
        long rows;
        long bid = -1;

        Owner(double weight) {
            this.weight = weight;
        }
    }

    /** Hold one context: prompt, then a row a step. */
    private static final class Job {
        final Bidder bidder;
        final Owner owner;
        final Wallet wallet;
        final int length;
        int written;
        int held;
        int highWater;
        long waitSince;
        long aheadWhenAged;

        Job(Bidder bidder, Owner owner, Wallet wallet, int prompt, int length, long now) {
            this.bidder = bidder;
            this.owner = owner;
            this.wallet = wallet;
            this.length = length;
            written = prompt;
            waitSince = now;
        }

        int pages() {
            return (written + PAGE) / PAGE;
        }
    }

    Owner owner(double weight, int processes, int contextsEach) {
        Owner owner = new Owner(weight);
        String name = "owner " + owners.size();
        owners.add(owner);
        for (int i = 0; i < processes; i++) {
            Wallet wallet = market.ledger().open(name, weight);
            owner.processes.add(wallet);
            for (int j = 0; j < contextsEach; j++) {
                arrive(owner, wallet);
            }
        }
        return owner;
    }

    private void arrive(Owner owner, Wallet wallet) {
        int prompt = 32 + random.nextInt(96);
        int more = 64 + random.nextInt(192);
        Bidder bidder = new Bidder(wallet, arrivals++, owner.bid);
        bidder.expect(more, false);
        jobs.add(new Job(bidder, owner, wallet, prompt, prompt + more, now));
    }

    void run(int ticks) {
        for (int i = 0; i < ticks; i++) {
            tick();
        }
    }

    private void tick() {
        now += STEP_NANOS;
        if (now >= nextRefill) {
            market.ledger().refill(now);
            nextRefill = now + market.config().refillPeriod().toNanos();
        }
        market.begin();
        int inUse = 0;
        long aged = jobs.stream().filter(job -> job.bidder.aged()).count();
        for (Job job : jobs) {
            Bidder bidder = job.bidder;
            bidder.holds(job.held, NO_SLOTS, 0, job.held * Fixed.PAGE);
            bidder.wants(job.pages() - job.held, true, false, job.waitSince);
            inUse += job.held;
            if (market.add(bidder, now)) {
                job.aheadWhenAged = aged++;
            }
        }
        market.clear(inUse);
        displacements += market.displacements();
        int used = 0;
        for (Job job : List.copyOf(jobs)) {
            Bidder bidder = job.bidder;
            if (bidder.displaced()) {
                job.held = 0;
            }
            if (bidder.granted()) {
                job.held = job.pages();
            }
            used += job.held;
        }
        if (used > total) {
            throw new AssertionError(used + " pages are held of " + total);
        }
        for (Job job : jobs) {
            if (job.held > 0) {
                market.charge(job.bidder, job.held * Fixed.PAGE);
            }
        }
        market.settle();
        for (Job job : List.copyOf(jobs)) {
            if (job.bidder.granted()) {
                serve(job);
            }
        }
        market.ledger().checkIntegrity();
    }

    private void serve(Job job) {
        if (job.bidder.aged()) {
            mostAhead = Math.max(mostAhead, job.aheadWhenAged);
        }
        longestWait = Math.max(longestWait, now - job.waitSince);
        job.waitSince = now;
        if (job.pages() > job.highWater) {
            market.ledger().make(job.wallet, job.pages() - job.highWater);
            job.highWater = job.pages();
        }
        job.written++;
        job.owner.rows++;
        job.bidder.passed();
        job.bidder.ran();
        job.bidder.expect(job.length - job.written, false);
        if (job.written == job.length) {
            finished++;
            jobs.remove(job);
            arrive(job.owner, job.wallet);
        }
    }

    /** Return Jain's index of the rows served for a unit of weight. */
    double jain() {
        double sum = 0;
        double squares = 0;
        for (Owner owner : owners) {
            double x = owner.rows / owner.weight;
            sum += x;
            squares += x * x;
        }
        return sum * sum / (owners.size() * squares);
    }

    double displacementsPerContext() {
        return (double) displacements / Math.max(1, finished);
    }

    int live() {
        return jobs.size();
    }
}
