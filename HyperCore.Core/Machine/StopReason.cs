using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Machine;

/// <summary>Why a VM ended, in words for the person at the machine. Each VM has one, written without allocating.</summary>
public sealed class StopReason
{
    /// <summary>The longest text in characters.</summary>
    public const int MaxLength = 160;

    private readonly char[] _text = new char[MaxLength];
    private int _length;

    /// <summary>The kind of end.</summary>
    public StopKind Kind { get; private set; }

    /// <summary>The words.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Forgets the reason.</summary>
    public void Clear()
    {
        Kind = StopKind.None;
        _length = 0;
    }

    /// <summary>Sets kind and words.</summary>
    public void Set(StopKind kind, ReadOnlySpan<char> text)
    {
        Kind = kind;
        _length = Math.Min(text.Length, MaxLength);
        text.Slice(0, _length).CopyTo(_text);
    }

    /// <summary>Adds words to those that are there.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        text = text.Slice(0, Math.Min(text.Length, MaxLength - _length));
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Sets the kind and hands out a builder for the words; <see cref="Finish"/> ends it.</summary>
    public TextBuilder Begin(StopKind kind)
    {
        Kind = kind;
        return new TextBuilder(_text);
    }

    /// <summary>Takes over what a builder from <see cref="Begin"/> holds.</summary>
    public void Finish(in TextBuilder text) => _length = text.Length;
}
