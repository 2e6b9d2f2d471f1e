namespace HyperCore.Core.Usb;

/// <summary>Where controllers get the memory from that they share with their driver. Used at start-up only; nothing is given back.</summary>
public abstract class DmaMemory
{
    /// <summary>Takes zeroed, contiguous memory.</summary>
    /// <param name="length">Bytes, not 0.</param>
    /// <param name="alignment">A power of two, at least 4096.</param>
    /// <param name="below4GiB">It must lie below 4 GiB, for a controller with 32-bit addresses.</param>
    /// <param name="block">The memory.</param>
    /// <returns>False when there is none.</returns>
    public abstract bool TryAllocate(int length, int alignment, bool below4GiB, out DmaBlock block);
}
