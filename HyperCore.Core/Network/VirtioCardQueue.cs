using System.Threading;
using HyperCore.Core.Usb;

namespace HyperCore.Core.Network;

/// <summary>
/// The driver's side of a split virtqueue (virtio 1.2, 2.7) in which descriptor i always belongs to buffer i. What the card writes is checked
/// before it is used: a card may be wrong, and must not lead HyperCore out of its buffers.
/// </summary>
internal sealed unsafe class VirtioCardQueue
{
    /// <summary>Entries.</summary>
    public const int Size = 256;

    /// <summary>Bytes of memory for the rings.</summary>
    public const int RingBytes = 3 * Page;

    private const int Page = 4096;
    private const int AvailableOffset = Page;
    private const int UsedOffset = 2 * Page;
    private const int IndexOffset = 2;
    private const int RingOffset = 4;
    private const int DescriptorSize = 16;
    private const int UsedSize = 8;
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;

    private readonly DmaBlock _rings;
    private readonly DmaBlock _buffers;
    private readonly int _bufferSize;
    private ushort _available;
    private ushort _published;
    private ushort _used;

    public VirtioCardQueue(DmaBlock rings, DmaBlock buffers, int bufferSize)
    {
        _rings = rings;
        _buffers = buffers;
        _bufferSize = bufferSize;
        Entries = Size;
    }

    /// <summary>Entries in use: fewer than <see cref="Size"/> when the card has fewer.</summary>
    public int Entries { get; private set; }

    public ulong DescriptorArea => _rings.Address;

    public ulong DriverArea => _rings.Address + AvailableOffset;

    public ulong DeviceArea => _rings.Address + UsedOffset;

    /// <summary>Buffers that the card has.</summary>
    public int InFlight => (ushort)(_available - _used);

    /// <summary>The state in which a card that was reset expects it.</summary>
    /// <param name="entries">Entries, a power of two.</param>
    public void Reset(int entries)
    {
        _rings.Bytes.Clear();
        Entries = entries;
        _available = 0;
        _published = 0;
        _used = 0;
    }

    /// <summary>The memory of a buffer.</summary>
    public byte* Buffer(int index) => _buffers.Pointer + (index * _bufferSize);

    /// <summary>Where the card finds the first buffer.</summary>
    public ulong BufferAddress => _buffers.Address;

    /// <summary>Gives a buffer to the card; it is told by <see cref="Publish"/>.</summary>
    /// <param name="index">Which one; it must not be in flight.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">VIRTQ_DESC_F_WRITE when the card is to fill it.</param>
    public void Offer(int index, int length, ushort flags)
    {
        Describe(index, _buffers.Address + (ulong)(index * _bufferSize), length, flags, 0);
        Add(index);
    }

    /// <summary>Writes a descriptor.</summary>
    public void Describe(int index, ulong address, int length, ushort flags, ushort next)
    {
        byte* descriptor = _rings.Pointer + (index * DescriptorSize);
        *(ulong*)descriptor = address;
        *(ulong*)(descriptor + 8) = (uint)length | ((ulong)flags << 32) | ((ulong)next << 48);
    }

    /// <summary>Gives the chain that begins at a descriptor to the card.</summary>
    public void Add(int head)
    {
        byte* entry = _rings.Pointer + AvailableOffset + RingOffset + (2 * (_available % Entries));
        *(ushort*)entry = (ushort)head;
        _available++;
    }

    /// <summary>Has the card see what was offered since the last call.</summary>
    /// <returns>It wants to be notified.</returns>
    public bool Publish()
    {
        if (_published == _available)
        {
            return false;
        }

        // The index after the entries, and the flags after the index (2.7.13.3, 2.7.13.4).
        _published = _available;
        Volatile.Write(ref *(ushort*)(_rings.Pointer + AvailableOffset + IndexOffset), _available);
        Interlocked.MemoryBarrier();
        return (Volatile.Read(ref *(ushort*)(_rings.Pointer + UsedOffset)) & NoNotify) == 0;
    }

    /// <summary>The next buffer that the card has done with; it stays the next until <see cref="Take"/>.</summary>
    /// <param name="index">The head's descriptor.</param>
    /// <param name="length">Bytes that the card wrote.</param>
    public bool TryPeek(out int index, out uint length)
    {
        index = 0;
        length = 0;
        if (InFlight == 0 || Volatile.Read(ref *(ushort*)(_rings.Pointer + UsedOffset + IndexOffset)) == _used)
        {
            return false;
        }

        byte* element = _rings.Pointer + UsedOffset + RingOffset + (UsedSize * (_used % Entries));
        uint id = *(uint*)element;
        length = *(uint*)(element + 4);
        index = (int)(id % (uint)Entries);
        return true;
    }

    /// <summary>Takes the buffer that was peeked at.</summary>
    public void Take() => _used++;

    /// <summary>Asks for interrupts, or for none. Who asks for them looks for buffers afterwards.</summary>
    public void SetInterrupts(bool wanted)
    {
        Volatile.Write(ref *(ushort*)(_rings.Pointer + AvailableOffset), wanted ? (ushort)0 : NoInterrupt);
        Interlocked.MemoryBarrier();
    }
}
