package io.keyward.engine.builtin.replication;

import io.keyward.engine.Client;
import io.keyward.engine.Loop;
import io.keyward.engine.builtin.BlockedCall;
import io.keyward.engine.builtin.BlockedClients;
import io.keyward.engine.builtin.ClientState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/** The clients that wait until replicas have acknowledged what was done. */
final class Acknowledgements {
  private record Wait(
      Client client, Loop loop, @Nullable BlockedCall call, long offset, long replicas) {}

  private final List<Wait> waits = new ArrayList<>();

  /** Lets a client whose command has just begun to wait go on when so many have acknowledged. */
  void await(Client client, Loop loop, long offset, long replicas) {
    waits.removeIf(past -> past.client() == client);
    waits.add(new Wait(client, loop, ClientState.of(client).blockedCall(), offset, replicas));
  }

  /**
   * Lets those go on who have waited for enough.
   *
   * @param acknowledging tells how many replicas have acknowledged an offset
   */
  void advanced(LongToIntFunction acknowledging) {
    for (Iterator<Wait> each = waits.iterator(); each.hasNext(); ) {
      Wait wait = each.next();
      if (acknowledging.applyAsInt(wait.offset()) >= wait.replicas()) {
        each.remove();
        wait.loop().execute(() -> goOn(wait));
      }
    }
  }

  private static void goOn(Wait wait) {
    if (waits(wait)) {
      boolean _ = BlockedClients.unblock(wait.client(), false);
    }
  }

  private static boolean waits(Wait wait) {
    return wait.client().state() instanceof ClientState state && state.blockedCall() == wait.call();
  }

  /**
   * Forgets those who wait no longer.
   *
   * @param guarded runs what it is given when nobody else is here
   */
  void forgetOthers(Consumer<Runnable> guarded) {
    for (Wait wait : waits) {
      wait.loop()
          .execute(
              () -> {
                if (!waits(wait)) {
                  guarded.accept(() -> waits.remove(wait));
                }
              });
    }
  }
}
