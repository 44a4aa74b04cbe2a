package io.keyward.engine.builtin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Cuts off clients of a home that take more memory than they may. */
final class ClientCuts {
  private final Home home;
  private final Set<ClientMemory> due = new LinkedHashSet<>();

  ClientCuts(Home home) {
    this.home = home;
  }

  /**
   * Cuts off clients as long as all together take more memory than they may: those of the keyspace
   * whose clients take most, so that it hurts itself alone.
   */
  void cut() {
    while (home.guard().clientsTakeTooMuch(home)) {
      BuiltinKeyspace most = null;
      for (BuiltinKeyspace keyspace : home.keyspaces()) {
        if (most == null || keyspace.clientMemory().bytes() > most.clientMemory().bytes()) {
          most = keyspace;
        }
      }
      long enough = most == null ? 0 : most.clientMemory().bytes() * 3 / 4;
      BuiltinKeyspace greedy = most;
      if (greedy == null
          || greedy
                  .clientMemory()
                  .cutBiggest(
                      () ->
                          !home.guard().clientsTakeTooMuch(home)
                              || greedy.clientMemory().bytes() <= enough)
              == 0) {
        return;
      }
    }
  }

  /** Cuts off clients of a keyspace, and then of all, when the running burst is over. */
  void soon(ClientMemory tooMuch) {
    due.add(tooMuch);
    if (due.size() == 1) {
      home.loop()
          .execute(
              () -> {
                List<ClientMemory> all = List.copyOf(due);
                due.clear();
                all.forEach(ClientMemory::cutToLimit);
                cut();
              });
    }
  }
}
