package io.keyward.engine.builtin;

/**
 * One keyspace made to hold what another one of the same home holds at this instant: copy on write.
 *
 * <p>That takes as long as it takes to name the segments of the tables of keys, some twenty
 * microseconds a million keys. Both have every key, value and segment of a table in common until
 * one of the two changes it, and copies it before: a key with its small value, or a piece of a few
 * kilobytes of a big one.
 *
 * <p>To files and replicas it is one effect, so that they have all of it or nothing.
 *
 * @param keys how many keys there are
 * @param nanos how long the loop was kept from its other work
 */
public record KeyspaceClone(long keys, long nanos) {
  /**
   * Makes it, on the loop of both; neither has a command in the middle.
   *
   * @throws IllegalStateException if the heir holds keys or lives on another home
   */
  public static KeyspaceClone make(BuiltinKeyspace source, BuiltinKeyspace heir) {
    if (heir.home() != source.home() || heir.databases().holdKeys()) {
      throw new IllegalStateException("a clone is made in an empty keyspace of the same home");
    }
    long begun = System.nanoTime();
    var _ = source.pins().bytes();
    for (int number = 0; number < source.databases().count(); number++) {
      Database database = source.databases().ifUsed(number);
      if (database != null && database.size() > 0) {
        WholeDatabase.share(database, heir.databases().at(number));
      }
    }
    source.attachments().commonFigures().forEach(figure -> figure.addTo(heir));
    heir.effects().beginUnit();
    heir.effects().whole().cloned(source);
    heir.effects().endUnit();
    heir.countChange();
    heir.emptied();
    heir.databases().forEach(Database::arrived);
    long keys = heir.databases().keys();
    heir.waiting().serve(System.currentTimeMillis());
    return new KeyspaceClone(keys, System.nanoTime() - begun);
  }
}
