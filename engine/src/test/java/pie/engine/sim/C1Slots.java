package pie.engine.sim;

import pie.engine.kv.PagePool;

/** Every slot is in exactly one state, and the states add up. */
final class C1Slots implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        PagePool pool = sim.engine().store().pool();
        int[] count = new int[4];
        for (int slot = 0; slot < pool.total(); slot++) {
            count[pool.state(slot)]++;
        }
        require(
                count[PagePool.FREE] == pool.free()
                        && count[PagePool.WORKING] == pool.working()
                        && count[PagePool.COMMITTED] == pool.committed()
                        && count[PagePool.RETAINED] == pool.retained()
                        && pool.free() + pool.working() + pool.committed() + pool.retained() == pool.total(),
                "states do not add up: free " + pool.free() + " working " + pool.working() + " committed "
                        + pool.committed() + " retained " + pool.retained() + " of " + pool.total());
        require(pool.available() <= pool.free() + pool.retained(), "more is promised than there is");
    }
}
