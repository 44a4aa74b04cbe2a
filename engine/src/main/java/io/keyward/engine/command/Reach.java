package io.keyward.engine.command;

/** Where a command of the operator is executed if the deployments live on several event loops. */
public enum Reach {
  /** Where its keys are; without keys, where the operator is. */
  OF_ITS_KEYS,
  /** On every loop; the arrays that they answer become one. */
  EVERYWHERE,
  /** On the loop of the keyspace that its cursor names. */
  OF_ITS_CURSOR
}
