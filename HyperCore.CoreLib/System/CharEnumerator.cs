namespace System;

/// <summary>Walks a string; the compiler usually does it by itself.</summary>
public struct CharEnumerator
{
    private readonly string _text;
    private int _index;

    internal CharEnumerator(string text)
    {
        _text = text;
        _index = -1;
    }

    public readonly char Current => _text[_index];

    public bool MoveNext() => ++_index < _text.Length;
}
