interface Call {
    void run() throws Exception;
}

final List<String> wrong = new ArrayList<>();

// Note what a call comes to unless it is its typed error, which names the argument if that must be given, or a success.
void row(String call, String given, Call c) {
    try {
        c.run();
        if (!given.isEmpty()) {
            wrong.add(call + ": " + given + " is taken");
        }
    } catch (PieException e) {
        boolean named = given.isEmpty() || e.code() == ErrorCode.INVALID_ARGUMENT && e.getMessage().contains(given);
        if (e.code() == ErrorCode.INTERNAL || !named) {
            wrong.add(call + ": " + e.code() + " " + e.getMessage());
        }
    } catch (Exception e) {
        wrong.add(call + ": " + e);
    }
}

Object main() {
    Context ctx = fresh();
    Forward pass = fresh().forward();
    SampleHandle sampled = pass.sample(new int[] {Forward.LAST}, Sampler.argmax());
    ProbeHandle probed = pass.probe(Forward.LAST, Probe.entropy());
    Output out = pass.execute();
    Adapter adapter = Adapter.create(model, "nonsense");
    Generator g = fresh().generate(Sampler.argmax(), plain(1000));
    GenStep step = g.next().get();
    // rows
    return Map.of("wrong", wrong);
}
