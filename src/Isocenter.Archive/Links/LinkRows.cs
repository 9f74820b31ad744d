namespace Isocenter.Archive;

/// <summary>Links of patients as rows, for questions that only the index can answer in time: is it held? There are few, so they are written
/// as a whole.</summary>
internal static class LinkRows
{
    /// <summary>Writes what holds now, inside a transaction of the caller.</summary>
    public static void Write(IndexConnection index, IReadOnlyList<PatientLink> links)
    {
        index.Run("DELETE FROM linked");
        int person = 0;
        foreach (var group in Persons(links))
        {
            person++;
            foreach (var patient in group) index.Run("INSERT INTO linked(patient_id, issuer, person) VALUES(@0, @1, @2)", patient.Id, patient.Issuer, person);
        }
    }

    /// <summary>The patients of each person; a link of a linked one counts too.</summary>
    public static List<HashSet<LinkedPatient>> Persons(IReadOnlyList<PatientLink> links)
    {
        var persons = new List<HashSet<LinkedPatient>>();
        foreach (var link in links)
        {
            if (link.Undone is not null) continue;
            var person = new HashSet<LinkedPatient>(link.Patients);
            foreach (var known in persons.FindAll(person.Overlaps))
            {
                person.UnionWith(known);
                persons.Remove(known);
            }
            persons.Add(person);
        }
        return persons;
    }
}
