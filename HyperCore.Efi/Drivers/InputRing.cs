using System;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// Bytes on their way from an interrupt handler to the main loop, each with a tag that says which port it came from. One side puts, the
/// other takes, on the same pCPU; when it is full, new bytes are dropped and counted.
/// </summary>
public sealed class InputRing
{
    private readonly ushort[] _items;
    private readonly int _mask;

    // Each is written by one side only. The methods are not inlined, so the compiler reads them anew at every call.
    private int _head;
    private int _tail;

    /// <summary>Creates an empty ring for <paramref name="capacity"/> bytes, a power of two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not a power of two.</exception>
    public InputRing(int capacity)
    {
        if (capacity <= 0 || (capacity & (capacity - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity));
        }

        _items = new ushort[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Bytes lost because the ring was full.</summary>
    public uint Dropped { get; private set; }

    /// <summary>There is a byte to take.</summary>
    public bool HasInput
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => _head != _tail;
    }

    /// <summary>Puts a byte. Called with interrupts off.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Put(byte value, byte tag)
    {
        int next = (_tail + 1) & _mask;
        if (next == _head)
        {
            Dropped++;
            return;
        }

        _items[_tail] = (ushort)(value | (tag << 8));
        _tail = next;
    }

    /// <summary>Takes the oldest byte.</summary>
    /// <returns>False when there is none.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryTake(out byte value, out byte tag)
    {
        value = 0;
        tag = 0;
        if (_head == _tail)
        {
            return false;
        }

        ushort item = _items[_head];
        _head = (_head + 1) & _mask;
        value = (byte)item;
        tag = (byte)(item >> 8);
        return true;
    }
}
