package pie.engine.sim;

import java.util.HashSet;
import java.util.Set;
import pie.engine.kv.HostTier;
import pie.engine.kv.KvContext;
import pie.engine.kv.PageKey;
import pie.engine.kv.Swap;

/** Slots of host memory are in exactly one state each (C1), hold one page each, and are pinned by copies alone (C2). */
final class HostSlots implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        sim.engine().store().swap().ifPresent(swap -> check(sim, swap));
    }

    private static void check(EngineSim sim, Swap swap) {
        HostTier host = swap.host();
        int[] count = new int[3];
        Set<PageKey> keys = new HashSet<>();
        int pins = 0;
        for (int slot = 0; slot < host.total(); slot++) {
            count[host.state(slot)]++;
            PageKey key = host.key(slot);
            holds("C1", key == null || keys.add(key), "host slot " + slot + " holds a page that another holds too");
            holds("C1", host.state(slot) != HostTier.FREE || key == null, "host slot " + slot + " is free and named");
            pins += host.pins(slot);
        }
        holds(
                "C1",
                count[HostTier.FREE] == host.free()
                        && count[HostTier.FILLING] == host.filling()
                        && count[HostTier.HELD] == host.held(),
                "states of host slots do not add up");
        // Copies to a lost device have no context any more, and pin until they are heard of.
        boolean moving = sim.witness().lost && sim.witness().copying();
        for (KvContext kv : sim.engine().contexts()) {
            moving |= kv.moving();
        }
        holds("C2", pins == 0 || moving, pins + " pins of host slots and nothing is copied back");
        if (sim.engine().contexts().isEmpty()) {
            holds("C2", swap.wanted() == 0, swap.wanted() + " pages are wanted by nobody");
        }
    }

    private static void holds(String checker, boolean so, String message) {
        if (!so) {
            throw new Breach(checker, message);
        }
    }

    @Override
    public void atEnd(EngineSim sim) {
        sim.engine().store().swap().ifPresent(swap -> {
            holds("leak audit", swap.host().filling() == 0, "host slots wait for copies that have ended");
            for (int slot = 0; slot < swap.host().total(); slot++) {
                holds("leak audit", swap.host().pins(slot) == 0, "host slot " + slot + " is pinned for ever");
            }
            holds("leak audit", swap.wanted() == 0, swap.wanted() + " pages are wanted by nobody");
        });
    }
}
