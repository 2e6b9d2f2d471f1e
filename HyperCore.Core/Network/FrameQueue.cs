using System;
using System.Threading;

namespace HyperCore.Core.Network;

/// <summary>
/// Frames on their way to one port, in the order in which they came. The queue has a fixed number of places, and each sender a fixed share of
/// them, so that one who sends without end keeps out only himself. Any number of senders, one reader.
/// </summary>
public sealed unsafe class FrameQueue
{
    /// <summary>Frames that find room: what a driver sends at once, a few times over.</summary>
    public const int Places = 256;

    /// <summary>Bytes of memory that a queue needs.</summary>
    public const int MemorySize = Places * PlaceSize;

    private const int PlaceSize = 1536;
    private const int LengthOffset = 0;
    private const int SenderOffset = 2;
    private const int FrameOffset = 4;

    private readonly Processor.SpinLock _lock = new();
    private readonly byte* _memory;
    private readonly int[] _bySender = new int[VirtualSwitch.MaxPorts];
    private int _first;
    private int _count;
    private bool _isOpen;

    /// <summary>Creates a closed queue.</summary>
    /// <param name="memory"><see cref="MemorySize"/> bytes of HyperCore's own.</param>
    public FrameQueue(byte* memory) => _memory = memory;

    /// <summary>Frames that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Places that one sender may have at most.</summary>
    public int Share { get; set; } = Places;

    /// <summary>Frames that found no room, or nobody to read them.</summary>
    public ulong Dropped { get; private set; }

    /// <summary>
    /// Puts a frame at the end; one that has no room is counted and forgotten.
    /// </summary>
    /// <param name="sender">The sender's port. It stands for the pCPU at the lock: a port is used by one pCPU at a time.</param>
    /// <param name="frame">A frame of valid length; it is copied.</param>
    /// <returns>There was room.</returns>
    public bool TryPut(int sender, ReadOnlySpan<byte> frame)
    {
        _lock.Enter(sender);
        bool fits = _isOpen && _count < Places && _bySender[sender] < Share && frame.Length <= PlaceSize - FrameOffset;
        if (fits)
        {
            byte* place = Place(_first + _count);
            *(ushort*)(place + LengthOffset) = (ushort)frame.Length;
            place[SenderOffset] = (byte)sender;
            frame.CopyTo(new Span<byte>(place + FrameOffset, frame.Length));
            _bySender[sender]++;
            Volatile.Write(ref _count, _count + 1);
        }
        else
        {
            Dropped++;
        }

        _lock.Exit();
        return fits;
    }

    /// <summary>The first frame; it stays where it is until <see cref="Remove"/>. Empty when there is none.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        if (Count == 0)
        {
            return default;
        }

        byte* place = Place(_first);
        return new ReadOnlySpan<byte>(place + FrameOffset, *(ushort*)(place + LengthOffset));
    }

    /// <summary>Takes the first frame away, if there is one.</summary>
    /// <param name="reader">The reader's port.</param>
    public void Remove(int reader)
    {
        _lock.Enter(reader);
        RemoveFirst();
        _lock.Exit();
    }

    /// <summary>Begins or ends taking frames. At the end those that wait are dropped.</summary>
    /// <param name="reader">The reader's port.</param>
    /// <param name="isOpen">Frames are taken.</param>
    public void SetOpen(int reader, bool isOpen)
    {
        _lock.Enter(reader);
        _isOpen = isOpen;
        while (!isOpen && _count > 0)
        {
            RemoveFirst();
            Dropped++;
        }

        _lock.Exit();
    }

    private byte* Place(int index) => _memory + (index % Places * PlaceSize);

    private void RemoveFirst()
    {
        if (_count > 0)
        {
            _bySender[Place(_first)[SenderOffset]]--;
            _first = (_first + 1) % Places;
            Volatile.Write(ref _count, _count - 1);
        }
    }
}
