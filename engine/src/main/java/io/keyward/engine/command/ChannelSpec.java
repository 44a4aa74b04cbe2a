package io.keyward.engine.command;

/**
 * Which arguments of a command are channels that it sends to or listens to.
 *
 * @param first the first argument
 * @param last the last argument; -1 = all that follow
 * @param patterns whether they are patterns of channels
 */
public record ChannelSpec(int first, int last, boolean patterns) {
  /** The position behind the last channel of a request with so many arguments. */
  public int end(int arguments) {
    return last < 0 ? arguments : Math.min(last + 1, arguments);
  }
}
