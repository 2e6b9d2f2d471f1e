namespace System;

/// <summary>The base of all delegates. A delegate calls one method: they are not combined here.</summary>
public abstract class MulticastDelegate : Delegate
{
}
