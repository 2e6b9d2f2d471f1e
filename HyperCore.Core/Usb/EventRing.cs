using System.Threading;

namespace HyperCore.Core.Usb;

/// <summary>The ring that the controller fills and the driver empties, of one segment (xHCI 1.2, 4.9.4).</summary>
internal sealed unsafe class EventRing
{
    private readonly DmaBlock _memory;
    private readonly DmaBlock _table;
    private int _index;
    private uint _cycle;

    /// <summary>A ring in <paramref name="memory"/>, with its segment table in <paramref name="table"/>; both aligned to 64 bytes.</summary>
    public EventRing(DmaBlock memory, DmaBlock table)
    {
        _memory = memory;
        _table = table;
        Reset();
    }

    /// <summary>TRBs in the ring.</summary>
    public int Capacity => _memory.Length / Trb.Size;

    /// <summary>For ERSTBA.</summary>
    public ulong TableAddress => _table.Address;

    /// <summary>For ERDP.</summary>
    public ulong DequeuePointer => _memory.Address + (ulong)(_index * Trb.Size);

    public bool HasEvent => (Volatile.Read(ref Current->Control) & Trb.Cycle) == _cycle;

    private Trb* Current => (Trb*)_memory.Pointer + _index;

    public void Reset()
    {
        _memory.Bytes.Clear();
        _table.Bytes.Clear();
        ((ulong*)_table.Pointer)[0] = _memory.Address;
        ((uint*)_table.Pointer)[2] = (uint)Capacity;
        _index = 0;
        _cycle = Trb.Cycle;
    }

    public bool TryTake(out Trb entry)
    {
        if (!HasEvent)
        {
            entry = default;
            return false;
        }

        entry = *Current;
        _index++;
        if (_index == Capacity)
        {
            _index = 0;
            _cycle ^= Trb.Cycle;
        }

        return true;
    }
}
