package io.keyward.config.directive;

/** Puts new values of directives into effect. */
@FunctionalInterface
public interface DirectiveListener {
  /**
   * Called when a directive it watches has a new value, which {@link LiveSettings} already shows.
   *
   * <p>When another listener refuses later, the old values are back and the listener is called
   * again.
   *
   * @throws RefusedException if the new value cannot be put into effect; the listener must then
   *     have left everything as it was, since CONFIG SET fails and the old value returns
   */
  void apply() throws RefusedException;
}
