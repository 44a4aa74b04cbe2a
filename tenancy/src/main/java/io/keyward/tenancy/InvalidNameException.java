package io.keyward.tenancy;

/** A name that no deployment or alias can ever have. The message says which ones can. */
public final class InvalidNameException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidNameException(String kind) {
    super("invalid name of " + kind + ": " + DeploymentNames.FORM);
  }
}
