using System.Threading;

namespace HyperCore.Core.Usb;

/// <summary>A ring that the driver fills and the controller empties: for commands or for the transfers of an endpoint (xHCI 1.2, 4.9.2).</summary>
internal sealed unsafe class ProducerRing
{
    private readonly DmaBlock _memory;
    private readonly int _last;
    private int _index;
    private uint _cycle;

    /// <summary>A ring in memory that is aligned to 64 bytes and does not cross 64 KiB; the last TRB becomes the link to the first.</summary>
    public ProducerRing(DmaBlock memory)
    {
        _memory = memory;
        _last = (memory.Length / Trb.Size) - 1;
        Reset();
    }

    /// <summary>For contexts and commands: where the controller goes on, and the cycle state that it finds there in bit 0.</summary>
    public ulong DequeuePointer => AddressOf(_index) | _cycle;

    private Trb* First => (Trb*)_memory.Pointer;

    public void Reset()
    {
        _memory.Bytes.Clear();
        _index = 0;
        _cycle = 1;
    }

    /// <summary>Adds a TRB. There is always room: whoever uses a ring waits for what it has put there before it adds more.</summary>
    /// <returns>Where the TRB is, as events name it.</returns>
    public ulong Add(ulong parameter, uint status, uint control)
    {
        ulong address = AddressOf(_index);
        Write(_index, parameter, status, control);
        _index++;
        if (_index == _last)
        {
            Write(_last, _memory.Address, 0, Trb.ControlOf(TrbType.Link, Trb.ToggleCycle));
            _index = 0;
            _cycle ^= 1;
        }

        return address;
    }

    private ulong AddressOf(int index) => _memory.Address + (ulong)(index * Trb.Size);

    private void Write(int index, ulong parameter, uint status, uint control)
    {
        Trb* trb = First + index;
        trb->Parameter = parameter;
        trb->Status = status;

        // The cycle bit gives the TRB to the controller, so it comes last.
        Volatile.Write(ref trb->Control, control | _cycle);
    }
}
