using HyperCore.Core.Paging;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>
/// The page that a VM's nested page table has where the guest finds its local APICs, for a processor that takes accesses to it for accesses to the
/// registers (Intel SDM vol. 3C, 30.4). What is in it nobody sees: where there is no such page, or it is hidden, accesses are memory faults and emulated.
/// </summary>
public sealed class ApicAccessPage
{
    private readonly FrameSource _frames;
    private readonly NestedPageTable _table;
    private bool _isMapped;

    /// <summary>Creates the page of one VM. Nothing is allocated before <see cref="Create"/>.</summary>
    /// <param name="frames">Where its frame comes from.</param>
    /// <param name="table">The VM's nested page table.</param>
    public ApicAccessPage(FrameSource frames, NestedPageTable table)
    {
        _frames = frames;
        _table = table;
    }

    /// <summary>Where it is; 0 when there is none.</summary>
    public ulong HostPhysical { get; private set; }

    /// <summary>Takes the frame. Without memory for it, there is none.</summary>
    public unsafe void Create()
    {
        HostPhysical = _frames.Allocate(out ulong hostPhysical) == null ? 0 : hostPhysical;
        _isMapped = false;
    }

    /// <summary>Power-on: every local APIC is in xAPIC mode, and the page is mapped. Not while the VM runs.</summary>
    public void Show()
    {
        if (HostPhysical != 0 && !_isMapped)
        {
            _isMapped = _table.Map(PlatformLayout.LocalApicBase, HostPhysical, NestedPageTable.Page4K, NestedAccess.ReadWrite);
        }
    }

    /// <summary>
    /// A local APIC has left xAPIC mode, and for its vCPU there is nothing here: the page is gone until the next power-on. With the VM's lock held. Only one
    /// entry of the lowest level changes, so other vCPUs may be running; whether they find the page or a memory fault is all the same to them.
    /// </summary>
    public void Hide()
    {
        if (_isMapped)
        {
            _table.Unmap(PlatformLayout.LocalApicBase, NestedPageTable.Page4K);
            _isMapped = false;
        }
    }

    /// <summary>Gives the frame back. The processor must no longer use it.</summary>
    public void Destroy()
    {
        if (HostPhysical != 0)
        {
            _frames.Free(HostPhysical);
            HostPhysical = 0;
        }
    }
}
