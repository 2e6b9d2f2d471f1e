namespace System;

/// <summary>Known to the compiler; HyperCore computes with integers only.</summary>
public readonly struct Single
{
    private readonly float _value;
}
