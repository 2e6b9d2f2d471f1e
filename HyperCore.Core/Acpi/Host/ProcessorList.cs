namespace HyperCore.Core.Acpi.Host;

/// <summary>
/// The processors that HyperCore is to take, by the ID of their local APIC: the boot processor first, then the others in the order in which the
/// firmware lists them, each once.
/// </summary>
public sealed class ProcessorList
{
    private readonly uint[] _apicIds;

    /// <summary>A list with the boot processor alone.</summary>
    /// <param name="bootApicId">ID of the boot processor's local APIC.</param>
    /// <param name="capacity">The most processors to take, the boot processor included.</param>
    public ProcessorList(uint bootApicId, int capacity)
    {
        _apicIds = new uint[capacity];
        _apicIds[0] = bootApicId;
        Count = 1;
        HighestApicId = bootApicId;
    }

    /// <summary>How many processors there are to take.</summary>
    public int Count { get; private set; }

    /// <summary>Processors left out because there are more than HyperCore takes.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The highest ID of all.</summary>
    public uint HighestApicId { get; private set; }

    /// <summary>The ID of a processor's local APIC.</summary>
    /// <param name="index">0, the boot processor, to <see cref="Count"/> - 1.</param>
    public uint this[int index] => _apicIds[index];

    /// <summary>Adds a processor that is not in the list yet.</summary>
    public void Add(uint apicId)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_apicIds[i] == apicId)
            {
                return;
            }
        }

        if (Count == _apicIds.Length)
        {
            LeftOut++;
            return;
        }

        _apicIds[Count++] = apicId;
        HighestApicId = apicId > HighestApicId ? apicId : HighestApicId;
    }

    /// <summary>Adds the processors that a MADT calls enabled. One that is only online capable is not there.</summary>
    /// <returns>False when it names none.</returns>
    public bool AddEnabled(HostMadt madt)
    {
        for (int i = 0; i < madt.Processors.Length; i++)
        {
            if (madt.Processors[i].IsEnabled)
            {
                Add(madt.Processors[i].ApicId);
            }
        }

        return madt.EnabledProcessors > 0;
    }
}
