namespace System;

/// <summary>Known to the compiler; HyperCore computes with integers only.</summary>
public readonly struct Double
{
    private readonly double _value;
}
